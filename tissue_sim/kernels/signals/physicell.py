"""PhysiCell's own diffusion scheme (BioFVM; Ghaffarizadeh et al. 2016, doi:10.1093/bioinformatics/btv730).

For comparison only: backward Euler along one axis after the other, decay shared among the axes, closed ends;
values at held voxels are overwritten between the sweeps, and every cell then exchanges with its voxel alone.
"""

from __future__ import annotations

from numba import prange

from tissue_sim.kernels.compile import kernel


@kernel(parallel=True)
def sweep_axis(data, ratio, forward, inverse):
    """Solve (1 + decay dt/axes - dt D d2/dx2) u = data along the middle axis by elimination, in place.

    Parameters
    ----------
    data : float64[outer, n, inner]
        The field as seen along the axis.
    ratio : float64
        dt D/dx^2.
    forward, inverse : float64[n]
        ratio/pivot and 1/pivot of elimination from the first voxel on.
    """
    outer, n, inner = data.shape
    for o in prange(outer):
        for k in range(inner):
            data[o, 0, k] *= inverse[0]
        for i in range(1, n):
            for k in range(inner):
                data[o, i, k] = (data[o, i, k] + ratio * data[o, i - 1, k]) * inverse[i]
        for i in range(n - 2, -1, -1):
            for k in range(inner):
                data[o, i, k] += forward[i] * data[o, i + 1, k]


@kernel
def exchange_cell_by_cell(
    voxel, active, volume, secretion, saturation, uptake, export, voxel_volume, dt, field, amounts
):
    """Let every cell, in row order, exchange with its voxel by backward Euler.

    rho <- (rho + dt v secretion saturation)/(1 + dt v (secretion + uptake)) + dt export/V_voxel, with
    v = V_cell/V_voxel: two cells of one voxel act one after the other, and nothing stops a negative export.

    Parameters
    ----------
    voxel : int64[n], index into the ravelled field
    active : bool[n]
    volume : float64[n], um^3
    secretion, uptake : float64[n], 1/min
    saturation : float64[n], the signal's unit
    export : float64[n], unit um^3/min
    voxel_volume : float64, um^3
    dt : float64, min
    field : float64[voxels], in and out
    amounts : float64[3], out: uptake, secretion, export; into the field, unit um^3
    """
    amounts[:] = 0.0
    for i in range(voxel.size):
        if active[i]:
            fraction = volume[i] / voxel_volume
            constant = dt * fraction * secretion[i] * saturation[i]
            new = (field[voxel[i]] + constant) / (1.0 + dt * fraction * (secretion[i] + uptake[i]))
            amounts[0] -= dt * volume[i] * uptake[i] * new
            amounts[1] += dt * volume[i] * secretion[i] * (saturation[i] - new)
            amounts[2] += dt * export[i]
            field[voxel[i]] = new + dt * export[i] / voxel_volume
