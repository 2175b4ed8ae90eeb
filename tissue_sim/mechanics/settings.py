"""What a scenario says about the forces on a cell type and its motility."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import BeforeValidator, Discriminator, Field, Tag, TypeAdapter
from pydantic_core import PydanticCustomError

from tissue_sim.errors import did_you_mean
from tissue_sim.mechanics.contact_settings import DEFAULT_LAW, ContactSettings, NoMechanics, model_of
from tissue_sim.mechanics.law import laws
from tissue_sim.mechanics.own_law import OWN_LAW, OwnLawMechanics, is_own_law
from tissue_sim.tissue.settings import Name, Settings
from tissue_sim.units import DiffusionCoefficient, Fraction, Number, SignalQuantity, Speed, Time

__all__ = [
    "DEFAULT_MECHANICS",
    "ContactSettings",
    "MechanicsSettings",
    "MotilitySettings",
    "NoMechanics",
    "mechanics_settings",
]

MODELS: dict[str, type[ContactSettings]] = {
    **{name: model_of(law) for name, law in laws().items()},
    "none": NoMechanics,
}


def _law_of(value: Any) -> Any:
    if isinstance(value, ContactSettings):
        return value.law
    return value.get("law", DEFAULT_LAW) if isinstance(value, dict) else value


def _tag(value: Any) -> str:
    """Return which model a law belongs to; the tags hold a blank, so that no key can be taken for one."""
    name = _law_of(value)
    return "own law" if is_own_law(name) else f"{name} law"


def _known(value: Any) -> Any:
    name = _law_of(value)
    if not is_own_law(name) and (not isinstance(name, str) or name not in MODELS):
        known = f"allowed are {', '.join(MODELS)}, and MODULE.NAME of a law in a file under `extensions`"
        message = f"unknown contact law {name!r:.40}; {known}{did_you_mean(str(name), list(MODELS))}"
        raise PydanticCustomError("law", "{message}", {"message": message, "offset": 0})
    return value


if TYPE_CHECKING:
    MechanicsSettings = ContactSettings
else:
    _BUILT_IN = tuple(Annotated[model, Tag(f"{name} law")] for name, model in MODELS.items())
    _AnyLaw = Annotated[
        Union[(*_BUILT_IN, Annotated[OwnLawMechanics, Tag("own law")])],
        Discriminator(_tag),
    ]
    _Name = Literal[tuple(MODELS)] | Annotated[str, Field(pattern=f"^{OWN_LAW}$")]
    MechanicsSettings = Annotated[_AnyLaw, BeforeValidator(_known, json_schema_input_type=_AnyLaw | _Name)]
    """The settings of one of the laws, of an own one, or ``none``."""


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
        um/min; of crawling.
    persistence : float
        Mean time between new directions, min; 0 for a new one in every step.
    bias : float
        0 is a random walk, 1 goes straight along the chemotactic direction.
    chemotaxis : dict of signal to float
        Weights of the signals' gradients in the chemotactic direction; negative to flee.
    drift : dict of signal to quantity
        Velocity for each unit of gradient, um^2/min over the signal's unit; not limited by `speed`.
    diffusivity : float
        um^2/min; Brownian motion beside crawling: the mean square displacement grows by 2 D along each axis.
    """

    speed: Speed = 0.0
    persistence: Time = 1.0
    bias: Fraction = 0.0
    chemotaxis: dict[Name, Number] = Field(default_factory=dict)
    drift: dict[Name, SignalQuantity] = Field(default_factory=dict)
    diffusivity: DiffusionCoefficient = 0.0


def parse_drift(value: SignalQuantity, signal_unit: str) -> float:
    """Return a drift in um^2/min over the signal's unit; raise SettingsError for a wrong dimension."""
    return value.to(drift_unit(signal_unit))


def drift_unit(signal_unit: str) -> str:
    """Return ``um^2/min`` over a unit: ``um^2/min/mmol*L`` for ``mmol/L`` (read from left to right)."""
    text = signal_unit if signal_unit.startswith("/") else f"*{signal_unit}"
    swapped = text.translate(str.maketrans("*/", "/*"))
    return f"um^2/min{swapped}".replace("/1*", "*").removesuffix("/1")
