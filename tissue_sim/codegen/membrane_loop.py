"""Writes the loops over cells near a basement membrane, the shape's distance and the speed compiled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen.module_cache import load_module
from tissue_sim.codegen.scalar_function import standalone_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

__all__ = ["membrane_loops"]

DISTANCE, SPEED = "membrane_distance", "membrane_speed"
"""What the two functions are called in the generated source; their own names may mean something else."""

TEMPLATE = '''import math

from numba import prange

from tissue_sim.kernels.compile import kernel


@kernel
{distance}


@kernel
{speed}


@kernel(parallel=True)
def add_velocity(position, radius, repulsion, adhesion, reach, numbers, velocity):
    """Add the velocity that one membrane gives to every cell."""
    for row in prange(position.shape[0]):
        d, nx, ny, nz = membrane_distance(position[row, 0], position[row, 1], position[row, 2]{arguments})
        v = membrane_speed(d, radius[row], repulsion[row], adhesion[row], reach[row])
        velocity[row, 0] += v * nx
        velocity[row, 1] += v * ny
        velocity[row, 2] += v * nz


@kernel(parallel=True)
def nearest(position, numbers, distance):
    """Lower `distance` to that of one membrane where this one is nearer."""
    for row in prange(position.shape[0]):
        d = membrane_distance(position[row, 0], position[row, 1], position[row, 2]{arguments})[0]
        distance[row] = min(distance[row], d)
'''


def membrane_loops(
    distance: Callable[..., tuple[float, float, float, float]],
    speed: Callable[..., float],
    numbers: int,
    *,
    stem: str,
) -> ModuleType:
    """Return a module with the compiled loops of one shape.

    Parameters
    ----------
    distance : callable
        Plain function ``(x, y, z, *numbers) -> (d, nx, ny, nz)``: signed distance, um, and unit normal.
    speed : callable
        Plain function ``(d, radius, repulsion, adhesion, adhesion_distance)``, um/min along the normal.
    numbers : int
        How many numbers the shape has.
    stem : str
        The shape's name.

    Returns
    -------
    module
        ``add_velocity(position, radius, repulsion, adhesion, reach, numbers, velocity)`` and
        ``nearest(position, numbers, distance)``; position and velocity float64[n, 3], numbers
        float64[numbers], the others float64[n].

    Raises
    ------
    SettingsError
        If one of the functions does not stand on its own.
    """
    source = TEMPLATE.format(
        distance=standalone_source(distance, DISTANCE),
        speed=standalone_source(speed, SPEED),
        arguments="".join(f", numbers[{k}]" for k in range(numbers)),
    )
    return load_module(source, f"membrane_{stem}")
