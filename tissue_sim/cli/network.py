"""``tissue-sim network MODEL``: a network without a tissue."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    import pandas as pd

    from tissue_sim.cli.network_model import Opened

__all__ = ["add_arguments", "run"]

ANALYSES = ("steady_states", "period", "sensitivity", "attractors")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add = parser.add_argument
    add(
        "model",
        metavar="MODEL",
        help="a file: SBML (.xml, .sbml), Antimony (.ant), equations (.txt), rules (.bnet), MaBoSS (.bnd), "
        "ONNX (.onnx); or SCENARIO.yaml:NETWORK",
    )
    add("--name", metavar="NETWORK", help="network of the scenario")
    add(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        dest="values",
        help="a parameter, first value or input: a number, or a distribution such as 'normal(1, 0.1)'; "
        "may be repeated",
    )
    add("--species", metavar="A,B,...", help="names of the outputs of an ONNX file")
    add("--every", type=float, metavar="T", help="an ONNX file gives the next values every T, not rates")
    add(
        "--cfg",
        type=Path,
        metavar="FILE.cfg",
        action="append",
        help="values and initial states of a MaBoSS file (default: the file of the same name); "
        "may be repeated, later files win",
    )
    run = parser.add_argument_group("over time")
    run.add_argument(
        "--duration", metavar="T", help="simulate so long, in the network's time or with a unit such as '6 h'"
    )
    run.add_argument("--steps", type=int, default=200, metavar="N", help="number of intervals (default 200)")
    run.add_argument("--method", metavar="NAME", help="how it is advanced (default: ode, or the scenario's)")
    run.add_argument("--cells", type=int, default=1, metavar="N", help="number of cells (default 1)")
    run.add_argument("--seed", type=int, default=0, metavar="N", help="seed of what is drawn (default 0)")
    run.add_argument("--tolerance", type=float, metavar="R", help="relative tolerance of method ode")
    run.add_argument("--output", type=Path, metavar="FILE.csv", help="write the values as a table")
    run.add_argument("--plot", type=Path, metavar="FILE.png", help="draw the values")
    run = parser.add_argument_group("analyses (parameters that are distributions stand at their mean)")
    run.add_argument("--steady-states", action="store_true", help="find steady states, stable and unstable")
    run.add_argument("--negative", action="store_true", help="list steady states with negative values too")
    run.add_argument("--period", action="store_true", help="measure the period of the limit cycle")
    run.add_argument(
        "--sensitivity",
        choices=("steady-state", "period"),
        help="scaled sensitivities by every parameter",
    )
    run.add_argument("--attractors", action="store_true", help="attractors of a Boolean network")


def run(options: argparse.Namespace) -> int:
    """Read the network; list it, or do what is asked."""
    from tissue_sim.cli.network_model import open_network, placed
    from tissue_sim.errors import SettingsError

    _check(options)
    opened = open_network(options)
    asked = [name for name in ANALYSES if getattr(options, name)]
    if not asked and options.duration is None:
        from tissue_sim.network.analysis.listing import listing

        _say(listing(opened.model))
        return 0
    if asked != ["attractors"] or options.duration is not None:
        cycles = options.period or options.sensitivity == "period"
        _refuse_missing(opened, first_values=cycles or options.duration is not None)
    path = Path(options.model)
    try:
        if options.duration is not None:
            _simulate(opened, options)
        for name in asked:
            table = _ANALYSE[name](opened, options)
            if options.duration is None and options.output is not None:
                _write(table, options.output)
    except SettingsError as error:
        raise placed(error, path) from error
    return 0


def _check(options: argparse.Namespace) -> None:
    from tissue_sim.errors import UsageError

    asked = [name for name in ANALYSES if getattr(options, name)]
    if options.duration is None and options.plot is not None:
        raise UsageError("--plot needs --duration")
    if options.duration is None and options.output is not None and len(asked) != 1:
        raise UsageError("--output needs --duration, or one analysis whose table is written")
    for path in (options.output, options.plot):
        if path is not None and not path.parent.is_dir():
            raise UsageError(f"{path}: cannot be written (there is no folder {path.parent})")
    if options.plot is not None:
        from tissue_sim.analysis.plots.endings import check_ending

        check_ending(options.plot)
    for name, least, most in (("steps", 1, 1_000_000), ("cells", 1, 10_000_000), ("seed", 0, (1 << 64) - 1)):
        if not least <= getattr(options, name) <= most:
            raise UsageError(f"--{name} {getattr(options, name)}: allowed is {least} to {most}")
    if options.every is not None and not options.every > 0.0:
        raise UsageError(f"--every {options.every:g}: it must be above 0")


def _refuse_missing(opened: Opened, *, first_values: bool) -> None:
    """Refuse what has no value; steady states need first values only where sums are conserved."""
    from tissue_sim.errors import UsageError
    from tissue_sim.network.analysis.model_file import values_without

    model = opened.model
    missing = [each for each in values_without(model) if first_values or each not in model.species_names]
    missing += [each for each in model.inputs if each not in opened.inputs]
    if missing:
        shown = ", ".join(missing[:10]) + (", ..." if len(missing) > 10 else "")
        raise UsageError(f"no value for {shown}; give each, --set {missing[0]}=VALUE")


def _simulate(opened: Opened, options: argparse.Namespace) -> None:
    import numpy as np

    from tissue_sim.network.analysis.tables import table_of
    from tissue_sim.network.simulate import simulate

    times = np.linspace(0.0, _duration(opened, options.duration), options.steps + 1)
    found = simulate(
        opened.model,
        times,
        method=opened.method,
        inputs=opened.inputs,
        cells=options.cells,
        seed=options.seed,
        tolerance=opened.tolerance,
    )
    table = table_of(found)
    last = table[table["time"] == times[-1]].drop(columns=["time", "cell"], errors="ignore")
    _say(f"at time {times[-1]:g}:")
    summary = last.T.set_axis(["value"], axis=1) if options.cells == 1 else last.describe().T
    _say(summary.to_string(float_format=lambda value: f"{value:.8g}"))
    if options.output is not None:
        _write(table, options.output)
    if options.plot is not None:
        from tissue_sim.analysis.plots.trajectories import draw_trajectories

        unit = opened.model.time_unit or "min"
        with _writing(options.plot):
            draw_trajectories(found, options.plot, time_unit=unit)
        _say(f"picture: {options.plot}")


def _duration(opened: Opened, text: str) -> float:
    """Return the duration in network time; a number is in it already."""
    from tissue_sim.errors import SettingsError, UsageError
    from tissue_sim.network.time_units import minutes_per_unit
    from tissue_sim.units import parse_quantity

    try:
        duration = float(text)
    except ValueError:
        try:
            duration = parse_quantity(text, "min") / minutes_per_unit(opened.model.time_unit)
        except SettingsError as error:
            raise UsageError(f"--duration {text[:60]}: {error.message}") from error
    if not 0.0 < duration < 1e300:
        raise UsageError(f"--duration {text[:60]}: it must be above 0")
    return duration


def _steady_states(opened: Opened, options: argparse.Namespace) -> pd.DataFrame:
    from tissue_sim.network.analysis.steady_states import steady_states

    found = steady_states(opened.model, inputs=opened.inputs, negative=options.negative)
    for text, value in found.laws:
        _say(f"conserved: {text} = {value:.8g}")
    _say(f"{len(found.states)} steady state{'s' * (len(found.states) != 1)}")
    if found.negative:
        _say(f"{found.negative} more with negative values are not listed; --negative lists them")
    table = found.table()
    if found.states:
        _say(table.T.to_string(float_format=lambda value: f"{value:.8g}"))
    for number, state in enumerate(found.states):
        values = ", ".join(_complex(each) for each in state.eigenvalues)
        _say(f"eigenvalues of state {number}: {values}")
    return table


def _complex(value: complex) -> str:
    return f"{value.real:.6g}" if value.imag == 0.0 else f"{value.real:.6g}{value.imag:+.6g}i"


def _period(opened: Opened, options: argparse.Namespace) -> pd.DataFrame:
    from tissue_sim.network.analysis.limit_cycle import limit_cycle

    duration = None if options.duration is None else _duration(opened, options.duration)
    cycle = limit_cycle(opened.model, inputs=opened.inputs, duration=duration)
    unit = opened.model.time_unit or "min"
    _say(f"period {cycle.period:.9g} (network time, {unit}), from {cycle.cycles} cycles;")
    _say(f"a cycle begins where {cycle.species} rises through {cycle.level:.6g}")
    table = cycle.table()
    _say(table.to_string(float_format=lambda value: f"{value:.8g}"))
    return table.assign(period=cycle.period)


def _sensitivity(opened: Opened, options: argparse.Namespace) -> pd.DataFrame:
    from tissue_sim.network.analysis import sensitivity

    if options.sensitivity == "period":
        table = sensitivity.sensitivity_of_period(opened.model, inputs=opened.inputs)
        _say(f"d ln(period) / d ln(parameter), central differences of {sensitivity.PERIOD_STEP:g}")
    else:
        table = sensitivity.sensitivity_of_steady_state(opened.model, inputs=opened.inputs)
        _say(f"d ln(steady state) / d ln(parameter), central differences of {sensitivity.STATE_STEP:g}")
    _say(table.to_string(float_format=lambda value: f"{value:.6f}"))
    return table


def _attractors(opened: Opened, options: argparse.Namespace) -> pd.DataFrame:
    del options
    from tissue_sim.cli.network_attractors import attractor_table

    table = attractor_table(opened)
    for (dynamics, size), group in table.groupby(["dynamics", "size"]):
        _say(f"{dynamics}: {len(group)} of {size} state{'s' * (size != 1)}")
    _say(table.to_string(index=False))
    return table


_ANALYSE = {
    "steady_states": _steady_states,
    "period": _period,
    "sensitivity": _sensitivity,
    "attractors": _attractors,
}


def _write(table: pd.DataFrame, path: Path) -> None:
    named = table.index.inferred_type == "string"
    with _writing(path):
        table.to_csv(path, index=named, index_label="name" if named else None)
    _say(f"table: {path}")


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Say of a file that cannot be written which it is, and why."""
    from tissue_sim.errors import UsageError

    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{path}: cannot be written ({reason})") from error


def _say(text: str) -> None:
    sys.stdout.write(text.rstrip() + "\n")
