"""Apoptosis and necrosis: rates, how long dying takes and what volume is left.

A cell that dies stays for `duration` and is then removed. Meanwhile its volume goes linearly in time from its
value V_d at death to `volume` * V_d at the end: dV/dt = (volume - 1) V_d / duration.
"""

from typing import Annotated

from tissue_sim.tissue.distributions import Distribution, DistributionIn
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import NonNegative, Rate

__all__ = ["CAUSES", "Apoptosis", "DeathSettings", "Necrosis", "death_of", "rate_name"]

CAUSES = ("apoptosis", "necrosis")
SMALLEST_FACTOR = 1e-6
"""A dying cell keeps at least this part of its volume, so that no radius is 0."""

Duration = Annotated[Distribution, DistributionIn("min", minimum=0.0)]


def rate_name(cause: str) -> str:
    """Return the name of the behaviour with the rate of a kind of death."""
    return f"death.{cause}.rate"


class Apoptosis(Settings):
    """Programmed death: the cell shrinks and is cleared.

    Attributes
    ----------
    rate : float
        1/min; default 0.
    duration : Distribution
        From death to removal, min; default 8.6 h (PhysiCell 1.14, doi:10.1371/journal.pcbi.1005991).
    volume : float
        Volume at the end over volume at death; default 0.1 (assumed).
    """

    rate: Rate = 0.0
    duration: Duration = Distribution("fixed", (516.0,))
    volume: NonNegative = 0.1


class Necrosis(Settings):
    """Accidental death: the cell loses its fluid slowly and stays as debris.

    Attributes
    ----------
    rate : float
        1/min; default 0.
    duration : Distribution
        From death to removal, min; default 60 d (PhysiCell 1.14, doi:10.1371/journal.pcbi.1005991).
    volume : float
        Volume at the end over volume at death; default 0.25 (the part that is not fluid, ibid.).
    """

    rate: Rate = 0.0
    duration: Duration = Distribution("fixed", (86400.0,))
    volume: NonNegative = 0.25


class DeathSettings(Settings):
    """The kinds of death; one that is not named has rate 0 and its defaults.

    Attributes
    ----------
    apoptosis : Apoptosis
    necrosis : Necrosis
    """

    apoptosis: Apoptosis = Apoptosis()
    necrosis: Necrosis = Necrosis()


def death_of(settings: DeathSettings | None, cause: str) -> Apoptosis | Necrosis:
    """Return the settings of one kind of death; anything but necrosis dies as by apoptosis."""
    chosen = settings or DeathSettings()
    return chosen.necrosis if cause == "necrosis" else chosen.apoptosis
