"""The period of a limit cycle: returns to a Poincare section, followed until they repeat.

The section is where one species rises through the middle of its range; the moment of passing is found by
integrating to it again, so that its error is that of the integrator (relative tolerance 1e-10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SettingsError, SimulationError, did_you_mean
from tissue_sim.network.analysis.flow import Flow

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from tissue_sim.network.model import NetworkModel

__all__ = ["LimitCycle", "Section", "follow", "limit_cycle"]

TOLERANCE = 1e-10
PRECISION = 1e-7
"""Of the period, relative: what the cycles still to come would change."""
MOST_RETURNS = 3000
MOST_PASSES = 12
"""A cycle passes the section at most so many times."""
SAMPLES = 2000
MOST_LOOKS = 16
FLAT = 1e-6
"""A species whose range is below this, relative, does not oscillate."""
FINE = 1000
"""Points of a cycle between which extremes are looked for."""
PIECES = 48
"""Integration stops so many times in a period to look for the section."""


@dataclass(frozen=True)
class Section:
    """Where species `place` rises through `level`; `period` is a first guess of the time between returns."""

    place: int
    level: float
    period: float
    scale: np.ndarray


@dataclass(frozen=True)
class LimitCycle:
    """A cycle that the network settles on.

    Attributes
    ----------
    period : float
        In network time.
    error : float
        Relative; what the cycles still to come would change.
    species : str
        Whose rise through `level` marks the beginning.
    level : float
    state : dict of name to value
        Species with a rate at the beginning.
    minima, maxima : dict of name to value
        Over one cycle.
    cycles : int
        Number of cycles that were followed.
    """

    period: float
    error: float
    species: str
    level: float
    state: dict[str, float]
    minima: dict[str, float]
    maxima: dict[str, float]
    cycles: int

    def table(self) -> pd.DataFrame:
        """Return one row per species: ``start``, ``minimum``, ``maximum``."""
        import pandas as pd

        return pd.DataFrame({"start": self.state, "minimum": self.minima, "maximum": self.maxima})


def limit_cycle(
    model: NetworkModel,
    *,
    inputs: Mapping[str, float] | None = None,
    species: str | None = None,
    duration: float | None = None,
) -> LimitCycle:
    """Return the limit cycle that a network settles on from its first values.

    Parameters
    ----------
    model : NetworkModel
        Parameters and initial values that are distributions stand at their mean.
    inputs : mapping of name to value
        Held constant.
    species : str
        Whose rise marks a cycle; by default the one with the largest relative range.
    duration : float
        A time, in network time, within which several cycles pass; found by itself by default.

    Raises
    ------
    SettingsError
        The network settles on a steady state; rates that depend on time; unknown species.
    SimulationError
        No cycle repeats (as in chaos), or the network cannot be integrated.
    """
    flow = Flow(model, inputs)
    if species is not None and species not in flow.species:
        raise SettingsError(f"no species '{species}' has a rate{did_you_mean(species, list(flow.species))}")
    row, section = find_section(flow, species, duration)
    flow.use_tolerance(TOLERANCE, section.scale)
    row, period, error, cycles = follow(flow, row, section)
    start = flow.state(row)
    low, high = _extremes(flow, row, period)

    def named(values: np.ndarray) -> dict[str, float]:
        return dict(zip(flow.species, values.tolist(), strict=True))

    return LimitCycle(
        period,
        error,
        flow.species[section.place],
        section.level,
        named(start),
        named(low),
        named(high),
        cycles,
    )


def _extremes(flow: Flow, row: np.ndarray, period: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the smallest and largest values over one cycle, from cubics with the exact slopes."""
    from scipy.interpolate import CubicHermiteSpline

    states = [flow.state(row)]
    for _ in range(FINE):
        row = flow.after(row, period / FINE)
        states.append(flow.state(row))
    table, times = np.array(states), np.linspace(0.0, period, FINE + 1)
    slopes = flow.rates(table)
    low, high = table.min(axis=0), table.max(axis=0)
    for place in range(table.shape[1]):
        curve = CubicHermiteSpline(times, table[:, place], slopes[:, place])
        turns = curve(curve.derivative().roots(extrapolate=False))
        turns = turns[np.isfinite(turns)]
        low[place], high[place] = turns.min(initial=low[place]), turns.max(initial=high[place])
    return low, high


def find_section(flow: Flow, species: str | None, duration: float | None) -> tuple[np.ndarray, Section]:
    """Return a row after the first transient and the section, from a look at stretches of time.

    Raises
    ------
    SettingsError
        Nothing oscillates.
    """
    row = flow.first_row()
    stretch = duration or 100.0
    for _ in range(MOST_LOOKS):
        states = []
        for _ in range(SAMPLES):
            row = flow.after(row, stretch / SAMPLES)
            states.append(flow.state(row))
        late = np.array(states[SAMPLES // 2 :])
        low, high = late.min(axis=0), late.max(axis=0)
        scale = np.maximum(np.abs(low), np.abs(high))
        relative = (high - low) / np.maximum(scale, 1e-300)
        place = int(np.argmax(relative)) if species is None else flow.species.index(species)
        level = 0.5 * (low[place] + high[place])
        rises = int(((late[:-1, place] < level) & (late[1:, place] >= level)).sum())
        if relative[place] < FLAT:
            _refuse_steady(flow, late, relative)
        if rises < 3:
            stretch *= 4.0
        elif rises > SAMPLES // 40:
            stretch /= 8.0
        else:
            return row, Section(place, float(level), 0.5 * stretch / rises, scale)
    raise SettingsError("no oscillation was found; give a `duration` within which several cycles pass")


def _refuse_steady(flow: Flow, late: np.ndarray, relative: np.ndarray) -> None:
    values = ", ".join(
        f"{name} = {value:.6g}" for name, value in zip(flow.species, late[-1].tolist(), strict=True)
    )
    if relative.max() >= FLAT:
        return
    raise SettingsError(f"nothing oscillates: the network settles on a steady state, {values[:300]}")


def follow(flow: Flow, row: np.ndarray, section: Section) -> tuple[np.ndarray, float, float, int]:
    """Return the row on the section, period, its relative error and the number of cycles, when they repeat.

    Raises
    ------
    SettingsError
        The oscillation dies out.
    SimulationError
        Returns do not repeat.
    """
    times: list[float] = []
    states: list[np.ndarray] = []
    periods: list[float] = []
    now, passes = 0.0, 1
    for number in range(MOST_RETURNS):
        row, passed = _next_pass(flow, row, section)
        now += passed
        times.append(now)
        states.append(flow.state(row))
        passes = _passes_in_cycle(states, section.scale, passes)
        if number < passes:
            continue
        periods.append(times[-1] - times[-1 - passes])
        moved = np.abs(states[-1] - states[-1 - passes]) / section.scale
        if len(periods) > 2 * passes + 2:
            error = _still_to_come(periods, passes)
            if error < PRECISION and moved.max() < 1e-5:
                return row, periods[-1], error, number // passes
    raise SimulationError(
        f"no cycle repeats within {MOST_RETURNS} returns to the section of {flow.species[section.place]}; "
        "the network may be chaotic, or settle very slowly"
    )


def _passes_in_cycle(states: list[np.ndarray], scale: np.ndarray, before: int) -> int:
    """Return after how many passes of the section the state is nearest to what it is now."""
    most = min(MOST_PASSES, len(states) - 1)
    if most < 1:
        return before
    away = [float((np.abs(states[-1] - states[-1 - k]) / scale).max()) for k in range(1, most + 1)]
    for k, distance in enumerate(away, start=1):
        if distance < 10.0 * min(away) + 1e-7:
            return k
    return before


def _still_to_come(periods: list[float], passes: int) -> float:
    """Return the relative change that later cycles would bring, if changes shrink as they did."""
    last = abs(periods[-1] - periods[-1 - passes]) / periods[-1]
    earlier = abs(periods[-1 - passes] - periods[-1 - 2 * passes]) / periods[-1]
    if max(last, earlier) < 1e-2 * PRECISION:
        return last
    share = min(0.999, max(0.1, last / max(earlier, 1e-300)))
    return last * share / (1.0 - share)


def _next_pass(flow: Flow, row: np.ndarray, section: Section) -> tuple[np.ndarray, float]:
    """Return the row at the next rise through the section, and the time until then."""
    piece = section.period / PIECES
    passed = 0.0
    before = flow.state(row)[section.place] - section.level
    scale = section.scale[section.place]
    low = high = before
    below = before < -1e-9 * scale
    for count in range(1, 40 * PIECES):
        later = flow.after(row, piece)
        value = flow.state(later)[section.place] - section.level
        if below and value >= 0.0:
            share = _moment(flow, row, section, piece, before, value)
            return flow.after(row, share), passed + share
        below = below or value < -1e-9 * scale
        row, before, passed = later, value, passed + piece
        low, high = min(low, value), max(high, value)
        if count % (10 * PIECES) == 0 and high - low < FLAT * scale:
            break
    raise SettingsError(
        f"the oscillation dies out: {flow.species[section.place]} no longer rises through {section.level:.6g}"
    )


def _moment(
    flow: Flow, row: np.ndarray, section: Section, piece: float, before: float, value: float
) -> float:
    """Return the time after `row` at which the section is passed (Illinois method)."""
    low, high, f_low, f_high = 0.0, piece, before, value
    for _ in range(60):
        middle = high - f_high * (high - low) / (f_high - f_low)
        middle = min(max(middle, low), high)
        f_middle = (
            flow.state(flow.after(row, middle))[section.place] - section.level if middle > 0.0 else f_low
        )
        if abs(f_middle) <= 1e-14 * section.scale[section.place] or high - low <= 1e-13 * section.period:
            return middle
        if f_middle < 0.0:
            low, f_low = middle, f_middle
            f_high *= 0.5
        else:
            high, f_high = middle, f_middle
            f_low *= 0.5
    return middle
