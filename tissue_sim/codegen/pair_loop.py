"""Writes the loop over pairs of neighbours around a contact law, the law inlined.

A law is a plain scalar function ``speed(d, s, parameters...)``. Every parameter of a cell stands in one
column of the slot-ordered array of cells; how those of two cells combine is part of the generated source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tissue_sim.codegen.module_cache import load_module
from tissue_sim.codegen.scalar_function import check_compiles, standalone_source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "ATTRACTION", "COMBINATIONS", "FIRST_PARAMETER", "check_law", "pair_loop", "source_of_pair_loop",
]  # fmt: skip

LAW = "law_speed"
"""What every law is called in the generated source, where its own name may mean something else."""

FIRST_PARAMETER = 5
"""Columns before: x, y, z, radius, contact distance."""

COMBINATIONS = {
    "geometric": "cells[i, {column}] * cells[j, {column}]",
    "mean": "0.5 * (cells[i, {column}] + cells[j, {column}])",
    "shared": "shared_{column}",
}
"""How the parameters of two cells give the pair's; for ``geometric`` the columns hold square roots.

``shared`` is one value for all cells. The compiler then divides by it once for all pairs.
"""

ATTRACTION = -1
"""In place of a parameter's number: affinities multiply the speed of pairs that are pulled together."""

OWN_KIND = """
        kind = np.int64(cells[i, {column}])"""
PAIR_AFFINITY = """
            likes = affinity[kind, np.int64(cells[j, {column}])]"""
PULLED = """
            if v < 0.0:
                v *= likes"""
CURVATURE = """
            v *= 2.0 * math.sqrt(radius * cells[j, 3]) / s"""
"""The root of the reduced radius R_i R_j / s over that of equal cells, s/4."""

NEAREST_IMAGE = """
            dx -= box[1, 0] * np.rint(dx * box[2, 0])
            dy -= box[1, 1] * np.rint(dy * box[2, 1])
            dz -= box[1, 2] * np.rint(dz * box[2, 2])"""

TEMPLATE = '''import math

import numpy as np
from numba import prange

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.mechanics.coincident import SMALLEST_DISTANCE, direction_of_pair

CHUNK = 256


@kernel(inline=True)
{law}

@kernel
def pair_chunk(
    chunk,
    cells, order, starts, ends, entries, box, present, factor, shared, affinity, cell_ids, key, tick,
    velocity, overlap, contacts,
):
{constants}    for i in range(chunk * CHUNK, min(order.shape[0], (chunk + 1) * CHUNK)):
        row = order[i]
        x, y, z, radius = cells[i, 0], cells[i, 1], cells[i, 2], cells[i, 3]{own_kind}
        vx, vy, vz, squares = 0.0, 0.0, 0.0, 0.0
        number = 0
        for k in range(starts[i], ends[i]):
            j = entries[k]
            dx = x - cells[j, 0]
            dy = y - cells[j, 1]
            dz = z - cells[j, 2]{nearest_image}
            squared = dx * dx + dy * dy + dz * dz
            s = radius + cells[j, 3]
            reach = factor * s
            # Not `squared < ...`: NaN must reach the velocity, where it is found. And no branch, which would
            # often be guessed wrongly in a tissue whose rows are in no spatial order.
            within = not squared >= reach * reach
            d = math.sqrt(squared){pair_affinity}
            if squared > 0.0:
                v = {name}(d, s{arguments}) / d
            else:
                v = {name}(SMALLEST_DISTANCE * s, s{arguments})
                dx, dy, dz = direction_of_pair(cell_ids[row], cell_ids[order[j]], key, tick, present){scaled}
            v = v if within else 0.0
            vx += v * dx
            vy += v * dy
            vz += v * dz
            o = max(0.0, 1.0 - d / s)
            squares += o * o
            number += within & (d < cells[i, 4] * s)
        velocity[row, 0] = vx
        velocity[row, 1] = vy
        velocity[row, 2] = vz
        overlap[row] = squares
        contacts[row] = number


@kernel(parallel=True)
def pair_loop(
    cells, order, starts, ends, entries, box, present, factor, shared, affinity, cell_ids, key, tick,
    velocity, overlap, contacts,
):
    """Sum the law over the neighbours of every cell; rows of the outputs follow the population."""
    for chunk in prange((order.shape[0] + CHUNK - 1) // CHUNK):
        pair_chunk(
            np.int64(chunk),
            cells, order, starts, ends, entries, box, present, factor, shared, affinity, cell_ids, key, tick,
            velocity, overlap, contacts,
        )
'''


ALONE = """import math

from tissue_sim.kernels.compile import kernel


@kernel
{law}
"""


def source_of_pair_loop(
    speed: Callable[..., float],
    combinations: Sequence[str],
    *,
    periodic: bool = False,
    affinity: int | None = None,
    curvature: bool = False,
) -> str:
    """Return the source of the module whose ``pair_loop`` applies the law `speed`.

    Parameters
    ----------
    speed : callable
        Plain function ``(d, s, *parameters)``, speed along the line of centres, apart > 0. It may use
        ``math`` and nothing else from outside.
    combinations : sequence of str
        For every parameter one of `COMBINATIONS`.
    periodic : bool
        Take nearest images; costs a little, so only where an axis is periodic.
    affinity : int or None
        Number of the parameter that affinities between cell types multiply, or `ATTRACTION`; None where there
        are none, which then cost nothing. The cells' types stand in the column behind the last parameter.
    curvature : bool
        Multiply the speed by 2 sqrt(R_i R_j) / s, see `mechanics.law.Law`.

    Raises
    ------
    SettingsError
        If the function does not stand on its own.
    """
    columns = [COMBINATIONS[kind].format(column=FIRST_PARAMETER + k) for k, kind in enumerate(combinations)]
    constants = [
        f"    shared_{FIRST_PARAMETER + k} = shared[{k}]\n"
        for k, kind in enumerate(combinations)
        if kind == "shared"
    ]
    if affinity is not None and affinity != ATTRACTION:
        columns[affinity] += " * likes"
    kind = FIRST_PARAMETER + len(combinations)
    scaled = (CURVATURE if curvature else "") + (PULLED if affinity == ATTRACTION else "")
    return TEMPLATE.format(
        law=standalone_source(speed, LAW) + "\n",
        name=LAW,
        constants="".join(constants),
        arguments="".join(f", {column}" for column in columns),
        nearest_image=NEAREST_IMAGE if periodic else "",
        own_kind="" if affinity is None else OWN_KIND.format(column=kind),
        pair_affinity="" if affinity is None else PAIR_AFFINITY.format(column=kind),
        scaled=scaled,
    )


def pair_loop(
    speed: Callable[..., float], combinations: Sequence[str], *, stem: str, **options: Any
) -> Callable[..., None]:
    """Return the compiled loop over pairs of one law; for its options see `source_of_pair_loop`.

    The loop takes ``(cells, order, starts, ends, entries, box, present, factor, shared, affinity, cell_ids,
    key, tick, velocity, overlap, contacts)``: the list as `kernels.neighbours.fill_lists` writes it;
    ``present`` int64[3], axes the tissue has; ``factor``, largest distance of interest in units of R_i + R_j;
    ``shared`` float64[parameters], read for ``shared`` ones only; ``affinity`` float64[types, types];
    ``cell_ids`` int64[n] by row. Out are ``velocity`` float64[n, 3] um/min; ``overlap`` float64[n], the sum
    of max(0, 1 - d/s)^2; ``contacts`` int64[n], the number of cells nearer than column 4 times s.
    """
    loop: Callable[..., None] = load_module(
        source_of_pair_loop(speed, combinations, **options), f"pair_loop_{stem}"
    ).pair_loop
    return loop


def check_law(speed: Callable[..., float], parameters: int, *, stem: str) -> None:
    """Compile a law of so many parameters alone, to see whether its pair loop will compile.

    Raises
    ------
    SettingsError
        If the function does not stand on its own, numba cannot compile it, or it does not return a number on
        every path.
    """
    module = load_module(ALONE.format(law=standalone_source(speed, LAW)), f"law_{stem}")
    check_compiles(getattr(module, LAW), 2 + parameters)
