"""Counter-based random numbers: which draw belongs to what.

Every number is a pure function of (seed, cell_id, tick, purpose, draw), computed by Philox4x32-10
(`kernels.philox`); there is no state to save and no order to keep. Ids below 1 are the tissue's own.
The functions here name the purposes and split the seed; drawing is done by
`kernels.philox.uniform(key, cell_id, tick, purpose, draw)`.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = ["TISSUE", "Purpose", "key_of_seed"]

TISSUE = 0
"""The cell_id under which the tissue draws for itself."""


class Purpose(IntEnum):
    """What a draw is for; 0 to 255, one number for one use, never re-used for another."""

    PLACEMENT = 1
    COLUMN_INITIAL = 2
    NETWORK_INITIAL = 3
    NETWORK_PARAMETER = 4
    PHASE_DURATION = 10
    CYCLE = 11
    DEATH = 12
    DIVISION_AXIS = 13
    SIZER_THRESHOLD = 14
    MOTILITY = 20
    COINCIDENT_CENTRES = 21
    BROWNIAN = 22
    ATTACHMENT = 26
    DETACHMENT = 27
    BOOLEAN_INITIAL = 30
    BOOLEAN_UPDATE = 31
    EVENT_ORDER = 36
    USER = 40
    STOCHASTIC_NETWORK = 50
    NETWORK_PARTITION = 51
    INTERVENTION = 60


def key_of_seed(seed: int) -> int:
    """Return the Philox key of a seed, a 64-bit unsigned integer.

    Parameters
    ----------
    seed : int
        0 <= seed < 2**64.
    """
    if not 0 <= seed < 1 << 64:
        raise ValueError(f"seed {seed} is out of range; allowed is 0 to 2**64 - 1")
    return seed
