"""What a scenario says about how the cells of a type feel basement membranes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from tissue_sim.tissue.settings import Settings
from tissue_sim.units import Quantity, Speed

if TYPE_CHECKING:
    from tissue_sim.mechanics.contact_settings import ContactSettings

__all__ = ["MembraneContactSettings", "contact_of"]


class MembraneContactSettings(Settings):
    """Repulsion from and adhesion to basement membranes; the speeds are in `basement_membrane_contact`.

    Attributes
    ----------
    repulsion : float
        Speed away from the membrane of a cell whose centre lies on it, um/min (PhysiCell's
        cell_BM_repulsion_strength, there 100).
    adhesion : float
        Speed towards the membrane, likewise (cell_BM_adhesion_strength, there 4).
    adhesion_distance : float
        Distance of centre and membrane, over the cell's radius, at which adhesion ends.
    """

    repulsion: Speed = 10.0
    adhesion: Speed = 0.0
    adhesion_distance: Annotated[float, Quantity("1", above=0.0)] = 1.25


def contact_of(mechanics: ContactSettings) -> MembraneContactSettings:
    """Return how the cells of a type feel membranes; without forces and own strengths, not at all."""
    if mechanics.basement_membrane is not None:
        return mechanics.basement_membrane
    return MembraneContactSettings(repulsion=0.0) if mechanics.law == "none" else MembraneContactSettings()
