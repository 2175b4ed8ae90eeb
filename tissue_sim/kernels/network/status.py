"""What became of a cell's network step."""

from __future__ import annotations

__all__ = [
    "BAD_DELAY",
    "CROSSED",
    "ENDLESS",
    "NOT_FINITE",
    "NO_ROOM",
    "OK",
    "STEP_UNDERFLOW",
    "STIFF",
    "TOO_MANY_STEPS",
    "UNPIVOTED",
]

OK = 0
STIFF = 1
"""The explicit method is held back by stability; the cell is left as it was."""
STEP_UNDERFLOW = 2
TOO_MANY_STEPS = 3
NOT_FINITE = 4
"""The rates are not finite at the start of the step."""
NO_ROOM = 5
"""More events wait for their execution than the row has slots for; the cell is left as it was."""
ENDLESS = 6
"""Events of one instant trigger each other without end."""
BAD_DELAY = 7
"""A delay is negative or not a number."""
CROSSED = 8
"""Within an integrator only: a condition has changed, the step ended there."""
UNPIVOTED = 9
"""The factors of the stiff method need an exchange of rows; the cell is left as it was."""
