"""What a scenario says about how the cells of a type feel basement membranes."""

from __future__ import annotations

from typing import Annotated

from tissue_sim.tissue.settings import Settings
from tissue_sim.units import Quantity, Speed

__all__ = ["MembraneContactSettings"]


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
