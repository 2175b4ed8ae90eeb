"""What a scenario says about the forces on a cell type and its motility."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Union

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Tag,
    TypeAdapter,
    ValidationInfo,
    create_model,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from tissue_sim.errors import SettingsError, did_you_mean
from tissue_sim.mechanics.law import Law, Parameter, laws
from tissue_sim.tissue.settings import Name, Settings
from tissue_sim.units import (
    Fraction,
    Number,
    Quantity,
    SignalQuantity,
    Speed,
    Time,
    same_dimension,
    split_quantity,
)

__all__ = [
    "DEFAULT_MECHANICS",
    "ContactSettings",
    "MechanicsSettings",
    "MotilitySettings",
    "NoMechanics",
    "mechanics_settings",
]

DRAG_UNIT = "nN*min/um"
DEFAULT_LAW = "physicell"
LONGEST_REACH = 10.0
"""Cells further apart than 10 (R_i + R_j) do not touch: more would list every pair of a tissue."""


@dataclass(frozen=True)
class Strength:
    """Annotation of a law's parameter: in its own unit, or as a force where ``drag`` is given.

    Attributes
    ----------
    unit, force_unit : str
        ``force_unit`` is empty where the parameter is no force.
    maximum : float
    """

    unit: str
    force_unit: str
    maximum: float

    def parse(self, value: Any, drag: float | None) -> float:
        """Return the number in `unit`; raise SettingsError."""
        if not is_force(value, self.force_unit):
            return self._own().parse(value)
        if drag is None:
            raise SettingsError(
                f"'{value}' is a force; give `drag` (in {DRAG_UNIT}) too, or write it in {self.unit}"
            )
        return Quantity(self.force_unit, minimum=0.0).parse(value) / drag

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate through `parse`; ``drag`` stands before the parameters."""

        def validate(value: Any, info: ValidationInfo) -> float:
            try:
                return self.parse(value, (info.data or {}).get("drag"))
            except SettingsError as error:
                raise PydanticCustomError(
                    "quantity", "{message}", {"message": error.message, "offset": error.offset}
                ) from error

        return core_schema.with_info_plain_validator_function(validate)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the field to editors."""
        return self._own().__get_pydantic_json_schema__(schema, handler)

    def _own(self) -> Quantity:
        """Strengths may be 0, distances may not."""
        if self.unit == "1":
            return Quantity(self.unit, above=0.0, maximum=self.maximum)
        return Quantity(self.unit, minimum=0.0, maximum=self.maximum)


def is_force(value: Any, force_unit: str) -> bool:
    """Say whether a value is text in units of force (nN) or force per length (nN/um)."""
    if not (force_unit and isinstance(value, str)):
        return False
    try:
        unit = split_quantity(value, force_unit)[1]
        return unit is not None and same_dimension(unit, force_unit)
    except SettingsError:
        return False


class ContactSettings(Settings):
    """Base of the settings of every contact law; the laws' own parameters are added to it.

    Attributes
    ----------
    law : str
    contact_distance : float
        Cells i and j are in contact where d < contact_distance (R_i + R_j).
    """

    contact_law: ClassVar[Law | None] = None

    law: str
    contact_distance: Annotated[float, Quantity("1", above=0.0, maximum=LONGEST_REACH)] = 1.25

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
        ``euler`` (first order, one evaluation per step) or ``heun`` (second order, two).
    drag : float or None
        nN min/um; parameters may then be given as forces in nN, springs in nN/um.
    """

    integrator: Literal["euler", "heun"] = "euler"
    drag: Annotated[float, Quantity(DRAG_UNIT, above=0.0)] | None = None


def _model_of(law: Law) -> type[ContactSettings]:
    def annotation(one: Parameter) -> Any:
        maximum = LONGEST_REACH if one.name == law.reach else float("inf")
        return Annotated[float, Strength(one.unit, one.force_unit, maximum)]

    name: Any = (Literal[law.name], law.name)
    fields: dict[str, Any] = {"law": name} | {
        one.name: (annotation(one), one.default) for one in law.parameters
    }
    model: type[ContactSettings] = create_model(
        f"{law.name.capitalize()}Mechanics", __base__=_WithLaw, __doc__=law.reference,
        **fields,
    )  # fmt: skip
    model.contact_law = law
    return model


MODELS: dict[str, type[ContactSettings]] = {
    **{name: _model_of(law) for name, law in laws().items()},
    "none": NoMechanics,
}


def _law_of(value: Any) -> Any:
    if isinstance(value, ContactSettings):
        return value.law
    return value.get("law", DEFAULT_LAW) if isinstance(value, dict) else value


def _known(value: Any) -> Any:
    name = _law_of(value)
    if not isinstance(name, str) or name not in MODELS:
        known = f"allowed are {', '.join(MODELS)}{did_you_mean(str(name), list(MODELS))}"
        message = f"unknown contact law {name!r:.40}; {known}"
        raise PydanticCustomError("law", "{message}", {"message": message, "offset": 0})
    return value


if TYPE_CHECKING:
    MechanicsSettings = ContactSettings
else:
    # The tags hold a blank, so that no key of a file can be taken for one.
    _AnyLaw = Annotated[
        Union[tuple(Annotated[model, Tag(f"{name} law")] for name, model in MODELS.items())],  # noqa: UP007 - built
        Discriminator(lambda value: f"{_law_of(value)} law"),
    ]
    MechanicsSettings = Annotated[
        _AnyLaw, BeforeValidator(_known, json_schema_input_type=Union[_AnyLaw, Literal[tuple(MODELS)]])  # noqa: UP007
    ]
    """The settings of one of the laws, or ``none``."""


def mechanics_settings(value: dict[str, Any] | str | None = None) -> ContactSettings:
    """Return the settings for what a scenario says under ``mechanics``; default law for nothing."""
    adapter: TypeAdapter[ContactSettings] = TypeAdapter(MechanicsSettings)
    return adapter.validate_python({} if value is None else value)


DEFAULT_MECHANICS = mechanics_settings()


class MotilitySettings(Settings):
    """How cells of a type crawl.

    Attributes
    ----------
    speed : float
        um/min.
    persistence : float
        Mean time between new directions, min; 0 for a new one in every step.
    bias : float
        0 is a random walk, 1 goes straight along the chemotactic direction.
    chemotaxis : dict of signal to float
        Weights of the signals' gradients in the chemotactic direction; negative to flee.
    drift : dict of signal to quantity
        Velocity for each unit of gradient, um^2/min over the signal's unit; not limited by `speed`.
    """

    speed: Speed = 0.0
    persistence: Time = 1.0
    bias: Fraction = 0.0
    chemotaxis: dict[Name, Number] = Field(default_factory=dict)
    drift: dict[Name, SignalQuantity] = Field(default_factory=dict)


def parse_drift(value: SignalQuantity, signal_unit: str) -> float:
    """Return a drift in um^2/min over the signal's unit; raise SettingsError for a wrong dimension."""
    return value.to(drift_unit(signal_unit))


def drift_unit(signal_unit: str) -> str:
    """Return ``um^2/min`` over a unit: ``um^2/min/mmol*L`` for ``mmol/L`` (read from left to right)."""
    text = signal_unit if signal_unit.startswith("/") else f"*{signal_unit}"
    swapped = text.translate(str.maketrans("*/", "/*"))
    return f"um^2/min{swapped}".replace("/1*", "*").removesuffix("/1")
