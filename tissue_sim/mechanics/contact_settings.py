"""What a scenario says about the contact law of a cell type."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import create_model, model_validator
from pydantic_core import PydanticCustomError

from tissue_sim.mechanics.attachment_settings import AttachmentSettings
from tissue_sim.mechanics.basement_membrane_settings import MembraneContactSettings
from tissue_sim.mechanics.law import Law, LawParameter
from tissue_sim.mechanics.strength import DRAG_UNIT, LONGEST_REACH, Strength, is_force, quantity_of
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import Quantity

__all__ = ["DEFAULT_LAW", "ContactSettings", "Integrator", "NoMechanics", "model_of"]

DEFAULT_LAW = "physicell"

Integrator = Literal["euler", "heun"]
"""``euler``: first order, one evaluation per step; ``heun``: second order, two."""


class ContactSettings(Settings):
    """Base of the settings of every contact law; the laws' own parameters are added to it.

    Attributes
    ----------
    law : str
    contact_distance : float
        Cells i and j are in contact where d < contact_distance (R_i + R_j).
    attachments : AttachmentSettings or None
        None: the cells attach to none.
    basement_membrane : MembraneContactSettings or None
        None: the default strengths, with ``mechanics: none`` no force.
    """

    contact_law: ClassVar[Law | None] = None

    law: str
    contact_distance: Annotated[float, Quantity("1", above=0.0, maximum=LONGEST_REACH)] = 1.25
    attachments: AttachmentSettings | None = None
    basement_membrane: MembraneContactSettings | None = None

    @property
    def parameters(self) -> dict[str, float]:
        """The law's parameters in its own units, by name."""
        law = self.contact_law
        return {one.name: getattr(self, one.name) for one in law.parameters} if law else {}

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: Any) -> Any:
        """Take ``mechanics: none`` for ``mechanics: {law: none}``, and refuse a drag without a force."""
        if isinstance(value, str):
            return {"law": value}
        if cls.contact_law is None or not isinstance(value, dict) or value.get("drag") is None:
            return {"law": DEFAULT_LAW, **value} if isinstance(value, dict) else value
        forces = [one.name for one in cls.contact_law.parameters if one.force_unit]
        units = {one.name: one.force_unit for one in cls.contact_law.parameters}
        if not any(is_force(value.get(name), units[name]) for name in forces):
            message = (
                f"`drag` turns forces into speeds, but none of {', '.join(forces)} is given as a force (nN)"
            )
            raise PydanticCustomError("drag", "{message}", {"message": message, "offset": 0})
        return {"law": DEFAULT_LAW, **value}


class NoMechanics(ContactSettings):
    """``mechanics: none``: the cells neither push nor pull and are not pushed or pulled."""

    law: Literal["none"]


class _WithLaw(ContactSettings):
    """What all laws share.

    Attributes
    ----------
    integrator : str
        See `Integrator`.
    drag : float or None
        nN min/um; parameters may then be given as forces in nN, springs in nN/um.
    """

    integrator: Integrator = "euler"
    drag: Annotated[float, Quantity(DRAG_UNIT, above=0.0)] | None = None


def model_of(law: Law) -> type[ContactSettings]:
    """Return the settings model of one of the laws in ``mechanics/laws``."""

    def annotation(one: LawParameter) -> Any:
        return Annotated[float, Strength(quantity_of(law, one), one.force_unit)]

    # Without a law the default one is meant: only there may the key be left out, for editors too.
    name: Any = (Literal[law.name], law.name if law.name == DEFAULT_LAW else ...)
    fields: dict[str, Any] = {"law": name} | {
        one.name: (annotation(one), one.default) for one in law.parameters
    }
    model: type[ContactSettings] = create_model(
        f"{law.name.capitalize()}Mechanics", __base__=_WithLaw, __doc__=law.reference,
        **fields,
    )  # fmt: skip
    model.contact_law = law
    return model
