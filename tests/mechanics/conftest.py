"""Small tissues for the tests of mechanics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from tissue_sim.mechanics.basement_membranes_settings import membrane_settings
from tissue_sim.mechanics.further_forces import further_forces
from tissue_sim.mechanics.process import MechanicsProcess
from tissue_sim.mechanics.settings import MotilitySettings, mechanics_settings
from tissue_sim.tissue.domain import Domain, Grid
from tissue_sim.tissue.model import TissueModel


def build_tissue(
    position: Any,
    radius: Any = 5.0,
    *,
    mechanics: Any = None,
    membranes: Sequence[dict[str, Any]] = (),
    motility: Mapping[str, Any] | None = None,
    types: Sequence[int] | None = None,
    step: float = 0.1,
    size: float | Sequence[float] = 1e4,
    boundary: str | Sequence[str] = "open",
    present: Sequence[bool] = (True, True, True),
    fields: Mapping[str, np.ndarray] | None = None,
    grid: Grid | None = None,
    seed: int = 1,
) -> TissueModel:
    """A tissue with mechanics and what acts beside contacts, of which there is nothing if nothing is given.

    `mechanics` and `motility` may be lists, one per type.
    """
    half = np.broadcast_to(np.asarray(size, dtype=float), (3,)) / 2.0
    boundaries = (boundary,) * 3 if isinstance(boundary, str) else tuple(boundary)
    domain = Domain(tuple(-half), tuple(half), tuple(present), boundaries, grid)
    contacts = mechanics if isinstance(mechanics, list) else [mechanics]
    crawling = motility if isinstance(motility, list) else [motility or {}] * len(contacts)
    names = [f"kind{k}" for k in range(len(contacts))]
    tissue = TissueModel(domain, names, {"mechanics": step}, seed=seed)
    for name, field in (fields or {}).items():
        tissue.fields[name], tissue.field_units[name] = field, "mmHg"
    settings = {name: mechanics_settings(each) for name, each in zip(names, contacts, strict=True)}
    further = further_forces(tissue, settings, [membrane_settings(each) for each in membranes])
    walking = {name: MotilitySettings(**each) for name, each in zip(names, crawling, strict=True)}
    for process in (*further, MechanicsProcess(tissue, settings, walking, further)):
        tissue.add_process(process)
    position = np.array(position, dtype=float).reshape(-1, 3)
    kinds = np.zeros(len(position), dtype=np.int64) if types is None else np.asarray(types)
    tissue.add_cells(position, kinds)
    tissue.population["radius"][:] = radius
    tissue.population["volume"][:] = 4.0 / 3.0 * np.pi * tissue.population["radius"] ** 3
    return tissue


@pytest.fixture
def make_tissue():
    """The factory `build_tissue`."""
    return build_tissue


def naive_lists(position, radius, factor, sizes) -> list[list[int]]:
    """Rows nearer than factor[i] (R_i + R_j) to each row, by a double loop; sizes are 0 on axes that end."""
    found = []
    for i in range(len(position)):
        difference = position[i] - position
        for axis in range(3):
            if sizes[axis] > 0.0:
                difference[:, axis] -= sizes[axis] * np.rint(difference[:, axis] / sizes[axis])
        near = np.sqrt((difference**2).sum(axis=1)) < factor[i] * (radius[i] + radius)
        near[i] = False
        found.append(np.flatnonzero(near).tolist())
    return found


@pytest.fixture
def naive():
    """The double loop `naive_lists`."""
    return naive_lists


def naive_velocity(tissue, law, parameters, likes=None) -> np.ndarray:
    """Velocities by a double loop over all pairs, coincident ones left out.

    `parameters` and `likes` (what multiplies the speed of pairs that pull) are functions of the pair (i, j).
    """
    population, domain = tissue.population, tissue.domain
    position, radius = population["position"], population["radius"]
    out = np.zeros_like(position)
    for i in range(len(position)):
        for j in range(len(position)):
            difference = position[i] - position[j]
            for axis in range(3):
                if domain.periodic[axis]:
                    length = domain.size[axis]
                    difference[axis] -= length * np.rint(difference[axis] / length)
            d = float(np.sqrt((difference**2).sum()))
            if i != j and d > 0.0:
                s = radius[i] + radius[j]
                speed = law.speed(d, s, *parameters(i, j))
                if law.curvature:
                    # Root of the reduced radius, over that of equal cells.
                    speed *= np.sqrt((radius[i] * radius[j] / s) / (0.25 * s))
                if likes is not None and speed < 0.0:
                    speed *= likes(i, j)
                out[i] += speed * difference / d
    return out


@pytest.fixture
def naive_speeds():
    """The double loop `naive_velocity`."""
    return naive_velocity


@pytest.fixture
def spheroid(rng):
    """Positions of n cells of radius 5 um, about 0.95 diameters apart, disordered, in a cube."""

    def positions(number: int, spread: float = 1.0) -> np.ndarray:
        edge = spread * 9.0 * number ** (1.0 / 3.0)
        return rng.uniform(-edge / 2.0, edge / 2.0, (number, 3))

    return positions
