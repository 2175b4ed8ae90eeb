"""Sums over the contacts of each cell, in cell_id order."""

from __future__ import annotations

import math

from numba import prange

from tissue_sim.kernels.compile import kernel


@kernel(parallel=True)
def sum_over_contacts(starts, values, counted, total, number):
    """Sum the values of each cell's contacts; NaN values and contacts not counted are left out.

    Parameters
    ----------
    starts : int64[n + 1]
        Contacts of cell i are entries starts[i] to starts[i + 1].
    values : float64[k]
    counted : uint8[k]
    total : float64[n], out
    number : float64[n], out: contacts that took part
    """
    for i in prange(starts.shape[0] - 1):
        sum_of_values = 0.0
        contacts = 0.0
        for entry in range(starts[i], starts[i + 1]):
            if counted[entry] and not math.isnan(values[entry]):
                sum_of_values += values[entry]
                contacts += 1.0
        total[i] = sum_of_values
        number[i] = contacts
