"""Writes the loop over cells around a user's scalar function."""

from __future__ import annotations

import inspect
import textwrap
from typing import TYPE_CHECKING, Any

from tissue_sim.codegen.module_cache import load_module
from tissue_sim.codegen.scalar_function import standalone_source
from tissue_sim.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["compile_cell_loop"]

NAME = "step_of_cell"
"""What the function is called in the generated source, where its own name may mean something else."""

TEMPLATE = """import math

from numba import prange

from tissue_sim.kernels.compile import kernel


@kernel
{function}


@kernel(parallel=True)
def cell_loop(values, dt, out):
    for i in prange(out.shape[1]):
        result = {name}({arguments})
{stores}
"""


def compile_cell_loop(
    function: Callable[..., Any], reads: tuple[str, ...], writes: int
) -> Callable[..., None]:
    """Return ``loop(values float64[r, n], dt, out float64[w, n])`` for a scalar function.

    Raises
    ------
    SettingsError
        If the function's parameters are not those of `reads` (and ``dt``), or it does not stand on its own.
    """
    parameters = list(inspect.signature(function).parameters)
    unknown = [name for name in parameters if name not in reads and name != "dt"]
    if unknown:
        raise SettingsError(
            f"{function.__name__}() asks for '{unknown[0]}', which `reads` does not name; "
            f"it may use {', '.join((*reads, 'dt'))}"
        )
    arguments = ", ".join("dt" if name == "dt" else f"values[{reads.index(name)}, i]" for name in parameters)
    lines = [f"out[{k}, i] = result[{k}]" for k in range(writes)] if writes > 1 else ["out[0, i] = result"]
    text = TEMPLATE.format(
        function=standalone_source(function, NAME),
        name=NAME,
        arguments=arguments,
        stores=textwrap.indent("\n".join(lines), " " * 8),
    )
    loop: Callable[..., None] = load_module(text, f"cell_loop_{function.__name__}").cell_loop
    return loop
