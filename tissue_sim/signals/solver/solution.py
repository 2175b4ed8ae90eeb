"""How a linear solve went."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Solution"]


@dataclass(frozen=True)
class Solution:
    """How a linear solve went.

    Attributes
    ----------
    cycles : int
        Multigrid cycles; 0 for a direct solve.
    residual : float
        Estimated error in the maximum norm, relative to the largest value.
    """

    cycles: int
    residual: float
