"""What cells add to and take from the voxel that holds their centre.

What every cell gives is worked out in parallel and added to the voxels serially, in row order: two cells of
one voxel add up in the same order whatever the number of threads. Sums for the ledger are compensated
(Neumaier 1974, doi:10.1002/zamm.19740540106), over chunks of cells, then over the chunks.
"""

from __future__ import annotations

import math

import numpy as np
from numba import prange

from tissue_sim.kernels.compile import kernel

SINK, SOURCE, REMOVAL, NOT_FINITE = 1, 2, 4, 8
CHUNK = 2048


@kernel
def _add(total, lost, value):
    """Return (total, lost) after adding `value`; `lost` gathers what rounding drops."""
    new = total + value
    if abs(total) >= abs(value):
        lost += (total - new) + value
    else:
        lost += (value - new) + total
    return new, lost


@kernel
def terms_of_chunk(
    chunk, voxel, active, volume, secretion, saturation, uptake, maximum, half, export, field, voxel_volume,
    tangent, terms,
):  # fmt: skip
    """Work out the terms of one chunk of cells; return what was used. See `terms_of_cells`."""
    used = 0
    for i in range(chunk * CHUNK, min(active.shape[0], (chunk + 1) * CHUNK)):
        linear, constant, taken = 0.0, 0.0, 0.0
        if active[i]:
            fraction = volume[i] / voxel_volume
            linear = fraction * (secretion[i] + uptake[i])
            constant = fraction * secretion[i] * saturation[i]
            if maximum[i] > 0.0:
                if half[i] > 0.0:
                    rho = max(field[voxel[i]], 0.0)
                    together = half[i] + rho
                    if tangent:
                        linear += fraction * maximum[i] * half[i] / (together * together)
                        constant -= fraction * maximum[i] * (rho / together) * (rho / together)
                    else:
                        linear += fraction * maximum[i] / together
                else:
                    taken += fraction * maximum[i]
            # Comparisons with NaN are false: here it would otherwise be passed over.
            if math.isnan(maximum[i]) or math.isnan(half[i]):
                linear = math.nan
            if export[i] >= 0.0:
                constant += export[i] / voxel_volume
            else:
                taken -= export[i] / voxel_volume
            if linear != 0.0:
                used |= SINK
            if constant != 0.0:
                used |= SOURCE
            if taken != 0.0:
                used |= REMOVAL
            if not math.isfinite(linear + constant + taken):
                used |= NOT_FINITE
        terms[0, i], terms[1, i], terms[2, i] = linear, constant, taken
    return used


@kernel(parallel=True)
def terms_of_cells(
    voxel, active, volume, secretion, saturation, uptake, maximum, half, export, field, voxel_volume, tangent,
    terms, used,
):  # fmt: skip
    """Work out what every cell adds to the linear terms of its voxel.

    d rho/dt = v [secretion (saturation - rho) - uptake rho - maximum rho / (half + rho)] + export / V_voxel,
    v = V_cell / V_voxel, becomes source - sink rho - removal. Saturating uptake is linearised at the field
    given: by its tangent (second order in the step), or by its chord through 0 (positive at any step).
    With half = 0 it is uptake of order zero and goes to `removal`, as negative export does.

    Parameters
    ----------
    voxel : int64[n], index into the ravelled field
    active : bool[n], False for cells that exchange nothing
    volume : float64[n], um^3
    secretion, uptake : float64[n], 1/min
    saturation, half : float64[n], the signal's unit
    maximum : float64[n], unit/min
    export : float64[n], unit um^3/min
    field : float64[voxels]
    voxel_volume : float64, um^3
    tangent : bool
    terms : float64[3, n], out: to be added to sink (1/min), source and removal (unit/min)
    used : int64[chunks], out: which of the three got something, SINK + SOURCE + REMOVAL; with NOT_FINITE
        where a volume or a rate of an active cell is not finite
    """
    for chunk in prange(used.shape[0]):
        used[chunk] = terms_of_chunk(
            np.int64(chunk), voxel, active, volume, secretion, saturation, uptake, maximum, half, export,
            field, voxel_volume, tangent, terms,
        )  # fmt: skip


@kernel
def add_terms(voxel, terms, total):
    """Add the terms float64[n] of all cells to those of their voxels, float64[voxels], in row order."""
    for i in range(voxel.shape[0]):
        total[voxel[i]] += terms[i]


@kernel
def amounts_of_chunk(
    chunk, voxel, active, volume, secretion, saturation, uptake, maximum, half, export, field, mean_field,
    tangent, sums,
):  # fmt: skip
    """Sum the amounts per minute of one chunk of cells; see `amounts_of_cells`."""
    uptake_sum, uptake_lost = 0.0, 0.0
    secretion_sum, secretion_lost = 0.0, 0.0
    export_sum, export_lost = 0.0, 0.0
    for i in range(chunk * CHUNK, min(active.shape[0], (chunk + 1) * CHUNK)):
        if not active[i]:
            continue
        mean = mean_field[voxel[i]]
        taken = uptake[i] * mean
        if maximum[i] > 0.0:
            if half[i] > 0.0:
                rho = max(field[voxel[i]], 0.0)
                together = half[i] + rho
                if tangent:
                    taken += maximum[i] * half[i] / (together * together) * mean
                    taken += maximum[i] * (rho / together) * (rho / together)
                else:
                    taken += maximum[i] / together * mean
            else:
                taken += maximum[i]
        uptake_sum, uptake_lost = _add(uptake_sum, uptake_lost, -volume[i] * taken)
        secreted = volume[i] * secretion[i] * (saturation[i] - mean)
        secretion_sum, secretion_lost = _add(secretion_sum, secretion_lost, secreted)
        export_sum, export_lost = _add(export_sum, export_lost, export[i])
    sums[0, chunk] = uptake_sum + uptake_lost
    sums[1, chunk] = secretion_sum + secretion_lost
    sums[2, chunk] = export_sum + export_lost


@kernel(parallel=True)
def amounts_of_cells(
    voxel, active, volume, secretion, saturation, uptake, maximum, half, export, field, mean_field, tangent,
    sums,
):  # fmt: skip
    """Sum what the cells exchange, with the linearisation of `terms_of_cells`.

    Parameters
    ----------
    field : float64[voxels], at which the step was linearised
    mean_field : float64[voxels], the field's average over the stages of the step
    sums : float64[3, chunks], out: uptake, secretion, export; into the field, unit um^3/min
    """
    for chunk in prange(sums.shape[1]):
        amounts_of_chunk(
            np.int64(chunk), voxel, active, volume, secretion, saturation, uptake, maximum, half, export,
            field, mean_field, tangent, sums,
        )  # fmt: skip


@kernel
def soften_removal(removal, field, threshold, sink, source):
    """Linearise removal of order zero as removal min(1, rho / threshold).

    Parameters
    ----------
    removal : float64[voxels], unit/min
    field : float64[voxels], at which to linearise
    threshold : float64, below which a voxel runs out; small beside the field
    sink : float64[voxels], in and out, 1/min
    source : float64[voxels], in and out, unit/min
    """
    for j in range(removal.shape[0]):
        if removal[j] > 0.0:
            if field[j] >= threshold:
                source[j] -= removal[j]
            else:
                sink[j] += removal[j] / threshold


@kernel
def softened_shortfall(removal, linearised_at, field, threshold):
    """Return what softened removal left in the voxels, summed, unit/min.

    Parameters
    ----------
    linearised_at : float64[voxels], the field given to `soften_removal`
    field : float64[voxels], the solution
    """
    total, lost = 0.0, 0.0
    for j in range(removal.shape[0]):
        if removal[j] > 0.0 and linearised_at[j] < threshold:
            total, lost = _add(total, lost, removal[j] - removal[j] / threshold * field[j])
    return total + lost


@kernel
def compensated_sum(values):
    """Return the sum of float64[n], accurate to the last bits and the same for any number of threads."""
    total, lost = 0.0, 0.0
    for j in range(values.shape[0]):
        total, lost = _add(total, lost, values[j])
    return total + lost
