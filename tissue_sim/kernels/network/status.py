"""What became of a cell's network step."""

from __future__ import annotations

__all__ = ["NOT_FINITE", "OK", "STEP_UNDERFLOW", "STIFF", "TOO_MANY_STEPS"]

OK = 0
STIFF = 1
"""The explicit method is held back by stability; the cell is left as it was."""
STEP_UNDERFLOW = 2
TOO_MANY_STEPS = 3
NOT_FINITE = 4
"""The rates are not finite at the start of the step."""
