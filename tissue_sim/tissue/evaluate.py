"""Formulas over the cells of a tissue: per cell, over contacts, and aggregated to one number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.syntax import Call, Expression, Name, Text
from tissue_sim.errors import SettingsError
from tissue_sim.kernels.contacts import sum_over_contacts
from tissue_sim.tissue.columns import LIVE
from tissue_sim.tissue.names_of_values import NAMED_COLUMNS, encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from tissue_sim.tissue.model import TissueModel

__all__ = ["AGGREGATES", "CONTACT_FUNCTIONS", "per_cell", "scalar"]

CONTACT_FUNCTIONS = ("mean", "sum", "count")

AGGREGATES: dict[str, Callable[[np.ndarray], float]] = {
    "count": lambda values: float(np.count_nonzero(values)),
    "sum": lambda values: float(values.sum()),
    "mean": lambda values: float(values.mean()) if len(values) else np.nan,
    "min": lambda values: float(values.min()) if len(values) else np.nan,
    "max": lambda values: float(values.max()) if len(values) else np.nan,
    "std": lambda values: float(values.std()) if len(values) else np.nan,
    "median": lambda values: float(np.median(values)) if len(values) else np.nan,
    "fraction": lambda values: float(np.count_nonzero(values) / len(values)) if len(values) else np.nan,
}


def per_cell(
    tissue: TissueModel,
    expression: Expression,
    rows: np.ndarray | None = None,
    network: str | None = None,
) -> np.ndarray:
    """Return the value of a formula for each cell.

    Parameters
    ----------
    rows : int64[m], optional
        Only these cells; all by default.
    network : str, optional
        The network whose species stand bare.

    Returns
    -------
    float64[m]
        NaN where a quantity does not exist for a cell.
    """
    size = tissue.population.size

    def lookup(name: Name) -> np.ndarray:
        return _full_path_value(tissue, name.path, network)

    def encode_name(name: Name, text: str) -> np.ndarray:
        return np.asarray(_encoded(tissue, name, text)[tissue.population["type"]])

    def call(node: Call) -> np.ndarray:
        return _contacts(tissue, node, network)

    values = evaluate(expression, lookup, call, encode_name)
    full = np.broadcast_to(np.asarray(values, dtype=np.float64), (size,))
    return np.array(full if rows is None else full[rows])


def scalar(tissue: TissueModel, expression: Expression) -> float:
    """Return the value of a formula of aggregates over the cells, ``mean(cell.age) > 10``.

    Cells for which an aggregate's argument is NaN (they lack the network) do not take part.
    """

    def lookup(name: Name) -> float:
        if name.path == ("time",):
            return tissue.clock.time
        if str(name) in tissue.parameters:
            return tissue.parameters[str(name)]
        raise SettingsError(
            f"'{name}' has a value for each cell; wrap it, for instance mean({name})", name.offset
        )

    def call(node: Call) -> float:
        name = ".".join(node.function)
        if name not in AGGREGATES or len(node.arguments) != 1:
            raise SettingsError(f"unknown aggregate '{name}'; known are {', '.join(AGGREGATES)}", node.offset)
        values = per_cell(tissue, node.arguments[0])
        return AGGREGATES[name](values[~np.isnan(values)])

    return float(evaluate(expression, lookup, call))


def _full_path_value(tissue: TissueModel, path: tuple[str, ...], network: str | None) -> np.ndarray:
    if network is not None and len(path) == 1 and path[0] in tissue.blocks[network]:
        return tissue.quantities.of(("network", network, path[0]))
    return tissue.quantities.of(path)


def _encoded(tissue: TissueModel, name: Name, text: str) -> np.ndarray:
    column = name.path[-1]
    if column not in NAMED_COLUMNS or name.path[-2:-1] != ("cell",):
        raise SettingsError(
            f"'{name}' is a number and cannot be compared with \"{text}\"; "
            "text goes with cell.type, cell.state and cell.phase",
            name.offset,
        )
    return encode(tissue, column, text)


def _contacts(tissue: TissueModel, node: Call, network: str | None) -> np.ndarray:
    """Evaluate ``contact.mean|sum|count(EXPRESSION, type=NAME, dead=true)`` for every cell."""
    if len(node.function) != 2 or node.function[0] != "contact" or node.function[1] not in CONTACT_FUNCTIONS:
        raise SettingsError(f"unknown function '{'.'.join(node.function)}'", node.offset)
    starts, others = tissue.neighbours.contacts()
    size = tissue.population.size
    selves = np.repeat(np.arange(size), np.diff(starts))
    counted = _counted(tissue, node, others)
    values = np.ones(len(others))
    if node.arguments:
        values = _pair_values(tissue, node.arguments[0], selves, others, network)
    if node.function[1] == "count":
        values = np.where(np.isnan(values), np.nan, (values != 0.0).astype(np.float64))
    total, number = np.empty(size), np.empty(size)
    sum_over_contacts(starts, np.ascontiguousarray(values), counted.astype(np.uint8), total, number)
    if node.function[1] == "mean":
        return np.where(number > 0.0, total / np.maximum(number, 1.0), 0.0)
    return total


def _counted(tissue: TissueModel, node: Call, others: np.ndarray) -> np.ndarray:
    counted = np.ones(len(others), dtype=bool)
    dead_too = False
    for keyword, value in node.keywords:
        word = value.value if isinstance(value, Text) else str(value)
        if keyword == "type" and word in tissue.cell_types:
            counted &= tissue.population["type"][others] == tissue.cell_types.index(word)
        elif keyword == "dead" and word in ("true", "false", "Number(value=1.0)", "Number(value=0.0)"):
            dead_too = word in ("true", "Number(value=1.0)")
        else:
            raise SettingsError(
                f"'{keyword}={word}' is not understood; allowed: type=NAME, dead=true", node.offset
            )
    if not dead_too:
        counted &= tissue.population["state"][others] == LIVE
    return counted


def _pair_values(
    tissue: TissueModel, expression: Expression, selves: np.ndarray, others: np.ndarray, network: str | None
) -> np.ndarray:
    sides = {"self": selves, "other": others}

    def lookup(name: Name) -> np.ndarray:
        if name.path[0] in sides and len(name.path) > 1:
            return np.asarray(_full_path_value(tissue, name.path[1:], network)[sides[name.path[0]]])
        if str(name) == "time" or str(name) in tissue.parameters:
            return tissue.quantities.of(name.path)[:1].repeat(len(others)) if len(others) else np.zeros(0)
        raise SettingsError(f"inside contact.*() say self.{name} or other.{name}", name.offset)

    def encode_name(name: Name, text: str) -> np.ndarray:
        rows = sides[name.path[0]]
        return np.asarray(_encoded(tissue, name, text)[tissue.population["type"][rows]])

    values = evaluate(expression, lookup, None, encode_name)
    return np.array(np.broadcast_to(np.asarray(values, dtype=np.float64), (len(others),)))
