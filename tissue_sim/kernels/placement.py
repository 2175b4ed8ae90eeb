"""Numbers drawn for the tissue itself, in sequence."""

from __future__ import annotations

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.philox import uniform


@kernel
def fill_draws(key, cell_id, tick, purpose, first, out):
    """Fill ``out`` (float64[n]) with the uniform numbers of draws ``first``, ``first + 1``, ...

    Parameters
    ----------
    key : uint64
    cell_id, tick, purpose, first : int64
    """
    for i in range(out.shape[0]):
        out[i] = uniform(key, cell_id, tick, purpose, first + i)
