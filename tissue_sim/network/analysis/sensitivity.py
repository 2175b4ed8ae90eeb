"""Scaled sensitivities, d ln(result) / d ln(parameter), of a steady state or of a period.

By central differences with relative steps of 1e-4 (steady states, whose own error is about 1e-12) and 1e-3
(periods, about 1e-9): errors of the order of 1e-7 and 1e-6. Scaled sensitivities by a parameter that is 0 are
0; those of a species that is 0 are NaN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SettingsError, SimulationError, did_you_mean
from tissue_sim.network.analysis.flow import Flow
from tissue_sim.network.analysis.limit_cycle import TOLERANCE, find_section, follow
from tissue_sim.network.analysis.newton import Subspace, newton
from tissue_sim.network.analysis.rate_function import RateFunction, at_means
from tissue_sim.network.analysis.steady_states import steady_states, with_first_values
from tissue_sim.network.initial import InitialValues
from tissue_sim.network.scenario_values import with_inputs
from tissue_sim.tissue.distributions import Distribution

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from tissue_sim.network.model import NetworkModel

__all__ = ["PERIOD_STEP", "STATE_STEP", "sensitivity_of_period", "sensitivity_of_steady_state"]

STATE_STEP = 1e-4
PERIOD_STEP = 1e-3


def _chosen(model: NetworkModel, names: Sequence[str] | None) -> dict[str, float]:
    """Return the parameters to vary and their values."""
    initial = InitialValues(at_means(model))
    values = {name: value for name, value in initial.shared.items() if np.isfinite(value)}
    for name in names or ():
        if name not in values:
            raise SettingsError(f"the network has no parameter '{name}'{did_you_mean(name, list(values))}")
    return {name: values[name] for name in (names or values)}


def sensitivity_of_steady_state(
    model: NetworkModel,
    *,
    state: Mapping[str, float] | None = None,
    inputs: Mapping[str, float] | None = None,
    parameters: Sequence[str] | None = None,
    step: float = STATE_STEP,
) -> pd.DataFrame:
    """Return (p/x) dx/dp, one row per parameter, one column per species with a rate.

    Parameters
    ----------
    model : NetworkModel
    state : mapping of name to value
        Near the steady state meant; by default the only stable one.
    inputs : mapping of name to value
    parameters : sequence of str
        All by default. What the model computes from one changes with it, conserved sums included.
    step : float
        Relative, of the central differences.

    Raises
    ------
    SettingsError
        No stable state, or several and none is named; a state that a changed parameter loses.
    """
    import pandas as pd

    chosen = _chosen(model, parameters)
    function, _, laws = with_first_values(RateFunction(model, inputs))
    guess = np.array([_only_stable(model, inputs, state)[name] for name in function.names])
    scale = np.where(guess != 0.0, np.abs(guess), 1.0)
    base = _root(Subspace(function, scale, laws), guess)
    rows = {}
    for name, value in chosen.items():
        ends = []
        for sign in (1.0, -1.0):
            changed = at_means(model).with_parameters({name: Distribution.fixed(value * (1.0 + sign * step))})
            function = with_first_values(RateFunction(changed, inputs))[0]
            space = Subspace(function, scale, laws)
            ends.append(base if value == 0.0 else _root(space, base))
        with np.errstate(all="ignore"):
            rows[name] = (ends[0] - ends[1]) / (2.0 * step * np.where(base == 0.0, np.nan, base))
    return pd.DataFrame(rows, index=list(function.names)).T


def _only_stable(
    model: NetworkModel, inputs: Mapping[str, float] | None, state: Mapping[str, float] | None
) -> Mapping[str, float]:
    if state is not None:
        return state
    stable = [each for each in steady_states(model, inputs=inputs).states if each.kind == "stable"]
    if len(stable) != 1:
        raise SettingsError(
            f"the network has {len(stable)} stable steady states; "
            + ("name one by its values" if stable else "the sensitivity of a period may be meant")
        )
    return stable[0].values


def _root(space: Subspace, guess: np.ndarray) -> np.ndarray:
    start = (guess / space.scale)[None]
    if len(space.laws):
        start = space.onto(start)
    found = newton(space, start, positive=False)
    if not len(found) or (np.abs(found[0] - start[0]) > 0.5).any():
        raise SettingsError("the steady state is lost when a parameter changes; it is near a bifurcation")
    root: np.ndarray = found[0] * space.scale
    return root


def sensitivity_of_period(
    model: NetworkModel,
    *,
    inputs: Mapping[str, float] | None = None,
    parameters: Sequence[str] | None = None,
    species: str | None = None,
    duration: float | None = None,
    step: float = PERIOD_STEP,
) -> pd.DataFrame:
    """Return (p/T) dT/dp, one row per parameter; see `limit_cycle` for the arguments.

    Raises
    ------
    SettingsError
        No cycle, or one that a changed parameter loses.
    """
    import pandas as pd

    given = dict(inputs or {})
    chosen = _chosen(model, parameters)
    varied = {name: value for name, value in chosen.items() if value != 0.0}
    # As inputs the parameters are values of the row: one kernel serves all of their values.
    open_model = with_inputs(at_means(model), tuple(varied))
    flow = Flow(open_model, {**given, **varied})
    row, section = find_section(flow, species, duration)
    flow.use_tolerance(TOLERANCE, section.scale)
    row, period, _, _ = follow(flow, row, section)
    results = dict.fromkeys(chosen, 0.0)
    for name, value in varied.items():
        ends = []
        for sign in (1.0, -1.0):
            changed = flow.with_inputs({**given, **varied, name: value * (1.0 + sign * step)})
            try:
                ends.append(follow(changed, row, section)[1])
            except (SettingsError, SimulationError) as error:
                raise SettingsError(f"the cycle is lost when {name} changes: {error}") from error
        results[name] = (ends[0] - ends[1]) / (2.0 * step * period)
    return pd.DataFrame({"period": results})
