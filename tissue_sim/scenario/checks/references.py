"""Names that stand as values: types, signals, networks, columns, extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen.functions import AGGREGATES, FUNCTIONS, RESERVED
from tissue_sim.errors import Problem, did_you_mean
from tissue_sim.mechanics.own_law import OwnLawMechanics
from tissue_sim.tissue.columns import BUILT_IN_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tissue_sim.scenario.checks.context import Context
    from tissue_sim.scenario.positions import Path

__all__ = ["check_references"]

_BUILT_IN = frozenset(column.name for column in BUILT_IN_COLUMNS)
_TAKEN_IN_THE_FILE = {"signals": {"time", "x", "y", "z"}, "measures": {"time", "length"}}
_MEANINGS = frozenset({"time", "signal", "network", "cell", "contact", "self", "other", "x", "y", "z"})


def check_references(context: Context) -> Iterator[Problem]:
    """Yield every name that nothing declares, and declared names that mean something else."""
    yield from _initial(context)
    yield from _record(context)
    yield from _carried(context)
    yield from _taken_names(context)
    yield from _extensions(context)


def _unknown(path: Path, what: str, name: str, known: Collection[str]) -> Problem:
    listed = ", ".join(known) or "none"
    return Problem(
        path, f"no {what} is called '{name[:60]}'; declared are {listed}{did_you_mean(name, list(known))}"
    )


def _initial(context: Context) -> Iterator[Problem]:
    types = context.declared("cell_types")
    for number, item in enumerate(context.settings.initial):
        if item.type not in types and context.is_there("cell_types"):
            yield _unknown(("initial", number, "type"), "cell type", item.type, types)


def _record(context: Context) -> Iterator[Problem]:
    record = context.settings.record
    if not context.is_sound("record"):
        return
    signals = context.declared("signals")
    for number, name in enumerate(record.signals if isinstance(record.signals, list) else ()):
        if name not in signals:
            yield _unknown(("record", "signals", number), "signal", name, signals)
    species = context.species()
    known = [*context.names().all_columns]
    known += [f"{network}__{value}" for network, values in species.items() for value in values or ()]
    for number, name in enumerate(record.columns if isinstance(record.columns, list) else ()):
        unread = name.partition("__")[0] in species and species[name.partition("__")[0]] is None
        if name not in known and not unread:
            yield _unknown(("record", "columns", number), "column", name, known)


def _carried(context: Context) -> Iterator[Problem]:
    networks = context.declared("networks")
    for name, kind in context.settings.cell_types.items():
        seen: set[str] = set()
        for number, network in enumerate(kind.networks):
            path = ("cell_types", name, "networks", number)
            if network not in networks:
                yield _unknown(path, "network", network, networks)
            elif network in seen:
                yield Problem(path, f"the network '{network}' stands twice")
            seen.add(network)


def _taken_names(context: Context) -> Iterator[Problem]:
    functions = {*FUNCTIONS, *AGGREGATES, *RESERVED}
    for name in context.settings.columns:
        if name in _BUILT_IN:
            yield Problem(
                ("columns", name), f"'{name}' is a built-in column; choose another name", on_key=True
            )
    columns = {*_BUILT_IN, *context.settings.columns}
    for section, taken in (
        ("parameters", columns | _MEANINGS | functions),
        ("columns", _MEANINGS | functions),
    ):
        for name in getattr(context.settings, section):
            if name in taken and not (section == "columns" and name in _BUILT_IN):
                yield Problem(
                    (section, name),
                    f"'{name}' already means something in expressions; choose another",
                    on_key=True,
                )

    for section, taken in _TAKEN_IN_THE_FILE.items():
        for name in getattr(context.settings, section):
            if name in taken:
                yield Problem(
                    (section, name), f"'{name}' is an axis of the recorded file; choose another", on_key=True
                )


def _extensions(context: Context) -> Iterator[Problem]:
    """Yield agent classes and contact laws whose module is no extension."""
    stems = [name.rpartition("/")[2].removesuffix(".py") for name in context.settings.extensions]
    if not context.is_sound("extensions"):
        return
    for name, kind in context.settings.cell_types.items():
        for what, dotted, key in (
            ("class", kind.agent, ("agent",)),
            (
                "law",
                kind.mechanics.law if isinstance(kind.mechanics, OwnLawMechanics) else None,
                ("mechanics", "law"),
            ),
        ):
            if dotted is None:
                continue
            path, module = ("cell_types", name, *key), dotted.rpartition(".")[0]
            if not stems:
                yield Problem(path, f"the {what} {dotted} needs its file: write extensions: [{module}.py]")
            elif module not in stems:
                yield _unknown(path, "extension", module, stems)
