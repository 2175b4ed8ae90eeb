"""The forces of a tissue beside contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.mechanics.basement_membranes_settings import BasementMembraneSettings
    from tissue_sim.mechanics.further_force import FurtherForce
    from tissue_sim.mechanics.settings import ContactSettings
    from tissue_sim.tissue.model import TissueModel

__all__ = ["further_forces"]


def further_forces(
    tissue: TissueModel,
    mechanics: Mapping[str, ContactSettings],
    membranes: Sequence[BasementMembraneSettings] = (),
) -> list[FurtherForce]:
    """Return the forces that settings ask for; what none asks for is not imported.

    Parameters
    ----------
    tissue : TissueModel
    mechanics : mapping of cell type to ContactSettings
    membranes : sequence of BasementMembraneSettings
    """
    found: list[FurtherForce] = []
    if any(each.attachments is not None for each in mechanics.values()):
        from tissue_sim.mechanics.attachments import AttachmentsProcess

        found.append(AttachmentsProcess(tissue, mechanics))
    if membranes:
        from tissue_sim.mechanics.basement_membranes_process import BasementMembranesProcess

        found.append(BasementMembranesProcess(tissue, membranes, mechanics))
    return found
