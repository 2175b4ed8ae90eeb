"""The behaviours of forces beside the contact law: those a cell type's settings write out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.tissue.behaviours import Behaviour

if TYPE_CHECKING:
    from tissue_sim.mechanics.contact_settings import ContactSettings

__all__ = ["ADHESION", "BREAKING_RATE", "RATE", "REPULSION", "STIFFNESS", "further_behaviours"]

RATE = "mechanics.attachments.rate"
BREAKING_RATE = "mechanics.attachments.breaking_rate"
STIFFNESS = "mechanics.attachments.stiffness"
REPULSION = "mechanics.basement_membrane.repulsion"
ADHESION = "mechanics.basement_membrane.adhesion"


def further_behaviours(mechanics: ContactSettings) -> list[tuple[Behaviour, float]]:
    """Return the behaviours of attachments and basement membranes with a cell type's own values."""
    listed: list[tuple[Behaviour, float]] = []
    if (attachments := mechanics.attachments) is not None:
        for name, value, described in (
            (RATE, attachments.rate, "rate of attaching to a cell in contact"),
            (BREAKING_RATE, attachments.breaking_rate, "rate at which an attachment breaks"),
            (STIFFNESS, attachments.stiffness, "spring rate of attachments"),
        ):
            listed.append((Behaviour(name, "1/min", minimum=0.0, description=described), value))
    if (membrane := mechanics.basement_membrane) is not None:
        for name, value, described in (
            (REPULSION, membrane.repulsion, "speed away from a basement membrane at its surface"),
            (ADHESION, membrane.adhesion, "speed towards a basement membrane at its surface"),
        ):
            listed.append((Behaviour(name, "um/min", minimum=0.0, description=described), value))
    return listed
