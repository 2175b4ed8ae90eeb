"""Measures over time: those of one quantity share a panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.analysis.measure_units import unit_of_measure
from tissue_sim.analysis.plots.style import unit_text
from tissue_sim.analysis.plots.time_axis import LOW_PANEL, draw_series, label_height

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from tissue_sim.analysis.run import Run

__all__ = ["MeasureGroup", "draw_measures", "measure_groups"]

SCALE = 10.0
"""Measures whose sizes differ by more have no common axis, unless their names end alike."""
FILLERS = frozenset({"of", "in", "the"})


@dataclass(frozen=True)
class MeasureGroup:
    """Measures that share an axis.

    Attributes
    ----------
    label : str
        What the axis shows, with its unit.
    names : tuple of str
        Measures.
    lines : tuple of str
        How each is named in the key; empty where the label says it all.
    """

    label: str
    names: tuple[str, ...]
    lines: tuple[str, ...]


def measure_groups(run: Run) -> list[MeasureGroup]:
    """Return the measures of a run in groups, in the order of the scenario.

    Measures go together if they have one unit and their names begin or end alike (``mean_b``, ``spread_b``).
    """
    table = run.measures()
    texts = run.scenario.get("measures") or {}
    units = {name: unit_of_measure(str(texts.get(name, "?")), run.units) or "" for name in table.columns}
    groups: list[list[str]] = []
    for name in table.columns:
        home = next((group for group in groups if _together(table, units, group, name)), None)
        if home is None:
            groups.append([name])
        else:
            home.append(name)
    return [_group(names, units[names[0]]) for names in groups]


def draw_measures(axes: Axes, run: Run, group: MeasureGroup, height: float) -> None:
    """Draw one group; `height` of the panel in inches."""
    from matplotlib.ticker import MaxNLocator

    table = run.measures()
    series = [table[name].to_numpy(np.float64) for name in group.names]
    draw_series(axes, table.index.to_numpy(np.float64), series, group.lines or group.names)
    axes.set_ylabel(label_height(group.label, height))
    axes.yaxis.set_major_locator(MaxNLocator(4 if height < LOW_PANEL else 6, steps=[1, 2, 2.5, 5, 10]))
    finite = np.concatenate(series)
    finite = finite[np.isfinite(finite)]
    # What is never negative is drawn from 0, unless it hardly changes.
    if len(finite) and finite.min() >= 0.0 and finite.min() < 0.5 * finite.max():
        axes.set_ylim(0.0, 1.06 * finite.max())


def _together(table: pd.DataFrame, units: dict[str, str], group: list[str], name: str) -> bool:
    if units[name] != units[group[0]]:
        return False
    begin, end = _common([*group, name])
    if end:
        return True
    columns = [table[each].to_numpy(np.float64) for each in (*group, name)]
    sizes = [float(np.nanmax(np.abs(values), initial=0.0)) for values in columns]
    return bool(begin) and max(sizes) <= SCALE * max(min(sizes), 1e-300)


def _group(names: list[str], unit: str) -> MeasureGroup:
    begin, end = _common(names)
    words = [name.split("_") for name in names]
    lines: tuple[str, ...] = ()
    if len(names) == 1:
        label = names[0].replace("_", " ")
    else:
        rest = [each[len(begin) : len(each) - len(end)] for each in words]
        if begin and not end and all(each[0].isdigit() for each in rest):
            # A number alone says little: "fate 2" rather than "2".
            rest = [[begin[-1], *each] for each in rest]
            begin = begin[:-1] or begin
        common = begin if not end else end if not begin else [*begin, "…", *end]
        label = " ".join(_trimmed(common))
        lines = tuple(" ".join(_trimmed(each)) or "1" for each in rest)
    shown = unit_text(unit)
    return MeasureGroup(f"{label} ({shown})" if shown else label, tuple(names), lines)


def _common(names: list[str]) -> tuple[list[str], list[str]]:
    """Return the words that all names begin and end with, never all of a name."""
    words = [name.split("_") for name in names]
    shortest = min(len(each) for each in words)
    begin: list[str] = []
    while len(begin) < shortest - 1 and len({each[len(begin)] for each in words}) == 1:
        begin.append(words[0][len(begin)])
    end: list[str] = []
    while len(begin) + len(end) < shortest - 1 and len({each[-1 - len(end)] for each in words}) == 1:
        end.insert(0, words[0][-1 - len(end)])
    return ([] if set(begin) <= FILLERS else begin), ([] if set(end) <= FILLERS else end)


def _trimmed(words: list[str]) -> list[str]:
    """Drop fillers at both ends: ``mean of`` -> mean."""
    inner = list(words)
    while inner and inner[-1] in FILLERS:
        inner.pop()
    while inner and inner[0] in FILLERS:
        inner.pop(0)
    return inner
