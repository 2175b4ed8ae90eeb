"""What a scenario says about a cell type's growth, cycle and death."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Tag
from pydantic_core import PydanticCustomError

from tissue_sim.errors import did_you_mean
from tissue_sim.lifecycle.cycles.live import LiveCycle
from tissue_sim.lifecycle.cycles.phases import PhaseCycle, PhaseSettings
from tissue_sim.lifecycle.cycles.sizer import SizerCycle
from tissue_sim.lifecycle.death import DeathSettings
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import PositiveVolume, Rate

__all__ = [
    "DEFAULT_GROWTH",
    "DEFAULT_VOLUME",
    "NUCLEAR_FRACTION",
    "CycleSettings",
    "DeathSettings",
    "LifecycleSettings",
    "LiveCycle",
    "PhaseCycle",
    "PhaseSettings",
    "SizerCycle",
    "nuclear_fraction",
]

DEFAULT_VOLUME = 2494.0
"""um^3; PhysiCell's default cell (MCF-7), doi:10.1371/journal.pcbi.1005991."""
DEFAULT_GROWTH = 0.0045
"""1/min; PhysiCell's rate of cytoplasmic biomass, 0.27/h, ibid."""
NUCLEAR_FRACTION = 540.0 / 2494.0
"""Nuclear over total volume of PhysiCell's default cell, ibid."""

MODELS = ("live", "phases", "sizer")


def _model_of(value: Any) -> Any:
    if isinstance(value, (LiveCycle, PhaseCycle, SizerCycle)):
        return value.model
    if not isinstance(value, dict):
        return None
    return value.get("model", "phases" if "phases" in value else None)


def _with_known_model(value: Any) -> Any:
    """Return `value` as it is; raise PydanticCustomError where it is no known kind of cycle."""
    model = _model_of(value)
    if model in MODELS:
        return value
    if model is None and isinstance(value, dict):
        message = "a cycle needs `model: live`, `model: sizer` or `phases: {...}`"
    elif model is None:
        message = f"a cycle is a map such as {{model: live, rate: 7.2e-4 /min}}, found {value!r:.40}"
    else:
        near = did_you_mean(str(model), MODELS)
        message = f"unknown cycle model {model!r:.40}; allowed are live, sizer and phases{near}"
    raise PydanticCustomError("cycle", "{message}", {"message": message, "offset": 0})


CycleSettings = Annotated[
    Annotated[LiveCycle, Tag("live cycle")]
    | Annotated[PhaseCycle, Tag("phases cycle")]
    | Annotated[SizerCycle, Tag("sizer cycle")],
    Discriminator(lambda value: f"{_model_of(value)} cycle"),
    BeforeValidator(_with_known_model),
]
"""Any kind of cycle; the tags hold a blank, so that no key of a file can be taken for one."""


class LifecycleSettings(Settings):
    """The lifecycle's part of a cell type.

    Attributes
    ----------
    volume : float
        Initial volume and target, um^3.
    growth : float
        Rate of dV/dt = growth (target_volume - V), 1/min.
    nuclear_volume : float or None
        Nuclear volume of a cell of that volume, um^3; the nucleus keeps its part of the cell's volume.
        Default 540/2494 of `volume`.
    cycle : LiveCycle, PhaseCycle, SizerCycle or None
        None: the cell never divides.
    death : DeathSettings or None
        None: no death, of itself.
    """

    volume: PositiveVolume = DEFAULT_VOLUME
    growth: Rate = DEFAULT_GROWTH
    nuclear_volume: PositiveVolume | None = None
    cycle: CycleSettings | None = None
    death: DeathSettings | None = None


def nuclear_fraction(settings: Any) -> float:
    """Return nuclear over total volume of a cell type (an object like `LifecycleSettings`)."""
    nuclear = getattr(settings, "nuclear_volume", None)
    return NUCLEAR_FRACTION if nuclear is None else nuclear / settings.volume
