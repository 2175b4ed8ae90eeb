"""Settings of one cell type, put together from those of the processes."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from tissue_sim.errors import SettingsError
from tissue_sim.lifecycle.settings import LifecycleSettings
from tissue_sim.mechanics.settings import DEFAULT_MECHANICS, MechanicsSettings, MotilitySettings
from tissue_sim.rules.settings import RuleField
from tissue_sim.signals.settings import ExchangeSettings
from tissue_sim.tissue.settings import Name

__all__ = ["CellTypeSettings"]

_AGENT = r"[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*"


def _agent(value: str) -> str:
    if not re.fullmatch(_AGENT, value):
        raise SettingsError(
            f"'{value[:60]}' names no class; write MODULE.CLASS, for instance my_cells.Hypoxic"
        )
    return value


AgentPath = Annotated[str, AfterValidator(_agent), Field(json_schema_extra={"pattern": f"^{_AGENT}$"})]


class CellTypeSettings(LifecycleSettings):
    """What cells of one type are like and do.

    Attributes
    ----------
    volume : float
        At the start, and the target, um^3.
    growth : float
        Rate of dV/dt = growth (target_volume - V), 1/min.
    nuclear_volume : float or None
        Of the nucleus in a cell of that volume, um^3; default 540/2494 of it.
    cycle : settings of a cycle, or None
        Phases between divisions; without it cells do not divide.
    death : DeathSettings or None
        Kinds of death; without it cells do not die by themselves.
    mechanics : settings of a contact law, or none
        Forces on its cells.
    motility : MotilitySettings
    exchange : dict of signal to ExchangeSettings
    networks : list of str
        Networks its cells carry.
    rules : list of Rule
        Sentences such as "pressure decreases cycle.rate to 0 with half_max 1, hill 4".
    agent : str
        MODULE.CLASS of an extension: the cells' Python class.
    like : str
        Another cell type whose settings are taken where this one has none (resolved before validation).
    """

    mechanics: MechanicsSettings = DEFAULT_MECHANICS
    motility: MotilitySettings = MotilitySettings()
    exchange: dict[Name, ExchangeSettings] = Field(default_factory=dict)
    networks: list[Name] = Field(default_factory=list)
    rules: list[RuleField] = Field(default_factory=list)
    agent: AgentPath | None = None
    like: Name | None = None
