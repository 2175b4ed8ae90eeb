"""Settings of `steps`: the time step of each process."""

from __future__ import annotations

from tissue_sim.tissue.settings import Settings
from tissue_sim.units import PositiveTime

__all__ = ["StepsSettings"]


class StepsSettings(Settings):
    """Time steps, min. The smallest one in use is the base tick; the others are whole multiples of it.

    Attributes
    ----------
    signals : float
        Of fields, reactions between them and what cells exchange.
    mechanics : float
        Of motion, attachments and membranes.
    network : float
        After which networks read their inputs anew; methods divide it as they need.
    lifecycle : float
        Of growth, division and death (at exact times within it), hooks and `stop_when`.
    """

    signals: PositiveTime = 0.1
    mechanics: PositiveTime = 0.1
    network: PositiveTime = 1.0
    lifecycle: PositiveTime = 6.0
