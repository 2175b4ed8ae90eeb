"""Steady states, stable and unstable, by Newton's method from many starting points.

Steps are damped by the natural monotonicity test, which does not depend on the sizes of the rates (Deuflhard,
Newton Methods for Nonlinear Problems, doi:10.1007/978-3-642-23899-4). Where sums of species are conserved the
states are those with the sums of the first values: Newton's method and the eigenvalues are those of the flow
within that subspace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import SettingsError
from tissue_sim.network.analysis.conservation import conserved_sums, law_text, quasi_random
from tissue_sim.network.analysis.newton import Subspace, newton
from tissue_sim.network.analysis.rate_function import RateFunction

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from tissue_sim.network.model import NetworkModel

__all__ = ["SteadyState", "SteadyStates", "steady_states", "with_first_values"]

STARTS = 200
DECADES = 3.0
"""Starting points lie within 10^-3 to 10^3 times the sizes of the first values."""
FREE = 4
"""One of so many starting points may have negative values, and pass through them."""
SAME = 1e-6
ZERO = 1e-9
"""Real parts below this, relative to the largest eigenvalue, count as 0."""
MOST_STATES = 60


@dataclass(frozen=True)
class SteadyState:
    """One state in which nothing changes.

    Attributes
    ----------
    values : dict of name to value
        All species.
    eigenvalues : complex128[r]
        Of the Jacobian within the subspace of the conserved sums, largest real part first; per network time.
    """

    values: dict[str, float]
    eigenvalues: np.ndarray

    @property
    def kind(self) -> str:
        """``stable``, ``unstable``, ``saddle`` (unstable in some directions), or ``degenerate``."""
        real = self.eigenvalues.real
        limit = ZERO * max(1e-300, float(np.abs(self.eigenvalues).max(initial=0.0)))
        if (real < -limit).all():
            return "stable"
        if (np.abs(self.eigenvalues) <= limit).any():
            return "degenerate"
        if (real > limit).all():
            return "unstable"
        return "saddle" if (real > limit).any() else "degenerate"


@dataclass(frozen=True)
class SteadyStates:
    """What was found.

    Attributes
    ----------
    states : tuple of SteadyState
        Stable ones first.
    laws : tuple of (text, value)
        Conserved sums and their values.
    negative : int
        Number of further states that have negative values.
    """

    states: tuple[SteadyState, ...]
    laws: tuple[tuple[str, float], ...]
    negative: int

    def table(self) -> pd.DataFrame:
        """Return one row per state: species, ``kind``, ``largest_real_part``."""
        import pandas as pd

        rows = [
            {
                **state.values,
                "kind": state.kind,
                "largest_real_part": float(state.eigenvalues.real.max(initial=-np.inf)),
            }
            for state in self.states
        ]
        return pd.DataFrame(rows)


def steady_states(
    model: NetworkModel,
    *,
    inputs: Mapping[str, float] | None = None,
    starts: int = STARTS,
    negative: bool = False,
) -> SteadyStates:
    """Return the steady states that Newton's method finds from many starting points.

    Parameters
    ----------
    model : NetworkModel
        Parameters and initial values that are distributions stand at their mean.
    inputs : mapping of name to value
        Held constant.
    starts : int
        Number of starting points, beside the first values.
    negative : bool
        List states with negative values too.

    Raises
    ------
    SettingsError
        Rates that depend on time, states that are not isolated, values that are missing.
    """
    function = RateFunction(model, inputs)
    if function.depends_on_time:
        raise SettingsError("the rates depend on time; there are no steady states")
    if not function.names:
        raise SettingsError("no species has a rate; nothing changes")
    function, scale, laws = with_first_values(function)
    space = Subspace(function, scale, laws)
    points = _starting_points(space, starts)
    most = len(points) - starts // FREE
    found = np.concatenate(
        [newton(space, points[:most], positive=True), newton(space, points[most:], positive=False)]
    )
    unique = _distinct(found)
    allowed = np.array([negative or (each > -ZERO).all() for each in unique], dtype=bool)
    states = [_state(space, each) for each in unique[allowed]]
    _refuse_continuum(states, space)
    order = {"stable": 0, "saddle": 1, "unstable": 2, "degenerate": 3}
    states.sort(key=lambda state: order[state.kind])
    totals = laws @ function.start
    texts = [law_text(each, function.names) for each in laws]
    return SteadyStates(tuple(states), tuple(zip(texts, totals.tolist(), strict=True)), int((~allowed).sum()))


def with_first_values(function: RateFunction) -> tuple[RateFunction, np.ndarray, np.ndarray]:
    """Return the function with its first values, sizes of the species, and the conserved sums.

    First values that are missing are taken as 1 where no conserved sum depends on them.

    Raises
    ------
    SettingsError
        A conserved sum does.
    """
    missing = ~np.isfinite(function.start)
    filled = function.starting_at(np.where(missing, 1.0, function.start))
    scale = _scale(filled.start)
    laws = conserved_sums(filled, scale)
    summed = (laws != 0.0).any(axis=0) & missing
    wanted = [name for name, used in zip(filled.names, summed, strict=True) if used]
    if wanted:
        raise SettingsError(
            f"the sum {law_text(laws[0], filled.names)} is conserved: give the first values of "
            f"{', '.join(wanted)}"
        )
    return filled, scale, laws


def _scale(start: np.ndarray) -> np.ndarray:
    """Return the sizes of the species: that of the first value, or of the others where it is 0."""
    size = np.abs(start)
    usual = float(np.exp(np.log(size[size > 0.0]).mean())) if (size > 0.0).any() else 1.0
    return np.where(size > 0.0, size, usual)


def _starting_points(space: Subspace, number: int) -> np.ndarray:
    """Return the first values and points around them, in scaled coordinates, with the conserved sums."""
    size = len(space.scale)
    spread = 10.0 ** (DECADES * (2.0 * quasi_random(number, size) - 1.0))
    signs = np.where(quasi_random(number, size + 1)[:, 1:] < 0.5, -1.0, 1.0)
    free = np.arange(number) >= number - number // FREE
    first = space.function.start / space.scale
    return np.concatenate(
        [space.onto(np.concatenate([first[None], spread[~free]])), space.onto(signs[free] * spread[free])]
    )


def _distinct(points: np.ndarray) -> np.ndarray:
    kept: list[np.ndarray] = []
    for point in points:
        size = np.abs(point) + 1e-6
        if not any((np.abs(point - other) <= SAME * (size + np.abs(other))).all() for other in kept):
            kept.append(point)
    return np.array(kept).reshape(len(kept), points.shape[1])


def _state(space: Subspace, point: np.ndarray) -> SteadyState:
    """Return the state near a root, found anew with its own values as sizes."""
    sizes = np.where(np.abs(point) < 1e-12, space.scale, np.abs(point) * space.scale)
    space, before = Subspace(space.function, sizes, space.laws), point * space.scale / sizes
    found = newton(space, space.projected(before[None]), positive=False)
    near = len(found) > 0 and bool((np.abs(found[0] - before) < 1e-2).all())
    point = found[0] if near else before
    x = np.where(np.abs(point) < 1e-12, 0.0, point * sizes)
    eigenvalues = np.linalg.eigvals(space.jacobian(point[None])[0])
    species = dict(zip(space.function.names, x.tolist(), strict=True))
    values = {name: species.get(name, space.function.values[name]) for name in space.species}
    return SteadyState(values, eigenvalues[np.argsort(-eigenvalues.real)])


def _refuse_continuum(states: list[SteadyState], space: Subspace) -> None:
    degenerate = [state for state in states if state.kind == "degenerate"]
    if len(states) > MOST_STATES or len(degenerate) > 5:
        raise SettingsError(
            f"the steady states are not isolated: {len(states)} were found, at {len(degenerate)} of them the "
            f"Jacobian is singular ({len(space.laws)} conserved sums are held at their first values); "
            "fix the species that nothing determines"
        )
