"""What a scenario says about the contact law of a cell type."""

import inspect
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from tissue_sim.mechanics.attachment_settings import AttachmentSettings
from tissue_sim.mechanics.basement_membrane_settings import MembraneContactSettings
from tissue_sim.mechanics.integrator import integrators
from tissue_sim.mechanics.law import Law, LawParameter
from tissue_sim.mechanics.strength import DRAG_UNIT, LONGEST_REACH, Strength, is_force, quantity_of
from tissue_sim.tissue.settings import Name, Settings
from tissue_sim.units import NonNegative, PositiveLength, Quantity

__all__ = ["DEFAULT_LAW", "ContactSettings", "Integrator", "NoMechanics", "WithForces", "model_of"]

DEFAULT_LAW = "physicell"

if TYPE_CHECKING:
    Integrator = str
else:
    Integrator = Literal[tuple(integrators())]
    """``euler``: first order, one evaluation of the forces per step; ``adams_bashforth``: second order, one;
    ``heun``: second order, two; ``adaptive``: third order, steps divided as `tolerance` asks for."""


class ContactSettings(Settings):
    """Base of the settings of every contact law; the laws' own parameters are added to it.

    Attributes
    ----------
    law : str
        One for the whole tissue.
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

    def affinity_to(self, other: str) -> float:  # noqa: ARG002 - for those who override it
        """Return what a cell of this type multiplies its adhesion to cells of another type by."""
        return 1.0

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


class WithForces(ContactSettings):
    """What all laws share, those of the user's own too.

    Attributes
    ----------
    integrator : str
        See `Integrator`.
    tolerance : float or None
        um, with ``integrator: adaptive`` (0.01 um where not given): the largest error, as estimated, that one
        part of a step may add to the position of any cell.
    affinity : dict of cell type to float
        What adhesion to cells of these types is multiplied by, 1 for the others. The pair's factor is the
        geometric mean of what its two types say of each other.
    """

    integrator: Integrator = "euler"
    tolerance: PositiveLength | None = None
    affinity: dict[Name, NonNegative] = Field(default_factory=dict)

    def affinity_to(self, other: str) -> float:
        """Return what a cell of this type multiplies its adhesion to cells of another type by."""
        return self.affinity.get(other, 1.0)

    @model_validator(mode="after")
    def _needs_adaptive(self) -> "WithForces":
        if self.tolerance is not None and self.integrator != "adaptive":
            message = f"`tolerance` is for `integrator: adaptive`, and this one is {self.integrator}"
            raise PydanticCustomError("tolerance", "{message}", {"message": message, "offset": 0})
        return self


class _WithLaw(WithForces):
    """What all built-in laws share.

    Attributes
    ----------
    drag : float or None
        nN min/um; parameters may then be given as forces in nN, springs in nN/um.
    """

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
        f"{law.name.capitalize()}Mechanics", __base__=_WithLaw, __doc__=_described(law),
        **fields,
    )  # fmt: skip
    model.contact_law = law
    return model


def _described(law: Law) -> str:
    """Return what the schema says of a law: its parameters, and the keys that all laws have."""
    means = {"geometric": "geometric mean", "mean": "mean"}
    own = "\n".join(
        f"{one.name} : float\n    {one.unit}; {one.description}; of a pair the {means[one.pair]}."
        for one in law.parameters
    )
    models = (ContactSettings, WithForces, _WithLaw)
    shared = "\n".join((inspect.getdoc(each) or "").partition("----------\n")[2] for each in models)
    return f"The {law.name} law, {law.reference}.\n\nAttributes\n----------\n{own}\n{shared}"
