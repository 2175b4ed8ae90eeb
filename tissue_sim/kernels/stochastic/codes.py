"""What became of a cell's stochastic network step: ``kind + KINDS * reaction``, 0 for success.

What events report (`kernels.network.status`, 5 to 7) keeps its code.
"""

from __future__ import annotations

__all__ = ["BELOW_ZERO", "KINDS", "NEGATIVE", "NOT_FINITE", "OK", "TOO_MANY"]

OK = 0
NEGATIVE = 1
"""A rate is below zero."""
NOT_FINITE = 2
"""A rate is NaN or infinite."""
TOO_MANY = 3
"""More reactions, or leaps, within one network step than are allowed; the reaction is the fastest."""
BELOW_ZERO = 4
"""An event has set a count below 0; instead of the reaction the species, among those reactions change."""
KINDS = 8
