"""What one step of the solver did, for the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

__all__ = ["StepReport"]


@dataclass
class StepReport:
    """Amounts of one step; unit * um^3 over the whole step unless said otherwise.

    With V the voxel volume and u_bar the mean field,
    V sum(u1 - u0) = sum(face_amounts) - decay_amount - V dt sum(sink u_bar) + V dt sum(source)
    - membrane transfer + fixed_amount + unsolved.

    Attributes
    ----------
    mean_field : float64[nz, ny, nx] or None
        Time-weighted mean of the stages, the signal's unit, with which every linear line is exact; None where
        the step had neither sink nor fixed voxels nor membrane and was split into lines.
    face_amounts : float64[6]
        Into the domain through x_min, x_max, y_min, y_max, z_min, z_max.
    decay_amount : float
        Lost by decay.
    fixed_amount : float
        What the fixed voxels supplied.
    unsolved : float
        What the iterative solver left unsolved.
    used_backward_euler : bool
        The step was redone by backward Euler because values would have become negative.
    cycles : int
        Multigrid cycles.
    residual : float
        Estimated error of the linear solves, relative to the largest value.
    """

    mean_field: np.ndarray | None = None
    face_amounts: np.ndarray = field(default_factory=lambda: np.zeros(6))
    decay_amount: float = 0.0
    fixed_amount: float = 0.0
    unsolved: float = 0.0
    used_backward_euler: bool = False
    cycles: int = 0
    residual: float = 0.0
