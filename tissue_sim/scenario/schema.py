"""The settings of a whole scenario; every key of the file stands here or in a process's own settings."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from tissue_sim.codegen.parser import LONGEST_EQUATIONS
from tissue_sim.errors import SettingsError
from tissue_sim.interventions.settings import InterventionSettings
from tissue_sim.mechanics.basement_membranes_settings import BasementMembraneSettings
from tissue_sim.network.settings import NetworkSettings
from tissue_sim.scenario.cell_types import CellTypeSettings
from tissue_sim.scenario.column_settings import ColumnSettings
from tissue_sim.scenario.domain_settings import DomainSettings
from tissue_sim.scenario.initial_settings import InitialItem
from tissue_sim.scenario.record_settings import RecordSettings
from tissue_sim.scenario.steps_settings import StepsSettings
from tissue_sim.signals.settings import FixedSettings, SignalSettings, SourceSettings
from tissue_sim.tissue.expression_settings import ExpressionField
from tissue_sim.tissue.settings import Name, Settings
from tissue_sim.units import Number, PositiveTime

__all__ = ["FORMAT_VERSION", "ScenarioSettings"]

FORMAT_VERSION = 1


def _version(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and value != FORMAT_VERSION:
        raise SettingsError(
            f"version {value} of the file format is not known; this program reads version {FORMAT_VERSION}"
        )
    return value


class ScenarioSettings(Settings):
    """Everything a scenario file may say.

    Attributes
    ----------
    tissue_sim : 1
        Version of the file format.
    title : str
        For pictures and lists.
    seed : int
        0 <= seed < 2**64; of all random numbers.
    duration : time, min
        From the start to the end of the run.
    steps, record, domain
        See their classes.
    parameters : dict of name to number
        Shared by all expressions.
    columns, signals, networks, cell_types : dict by name
    sources, fixed, initial : list
    reactions : str
        Between signals, in every voxel, in numbers of the signals' units and min; one per line: u' = ... adds
        to the rate of u, A + 2 B -> C @ k*A*B^2 is a reaction and its rate, A <-> B @ k*A, l*B one that goes
        both ways, y = ... names a formula. Rates may read parameters, x, y, z and time.
    basement_membranes : list of BasementMembraneSettings
        Surfaces that hold cells on one side.
    interventions : list of InterventionSettings
        What is done to the tissue at given times.
    extensions : list of str
        Python files; run only with --allow-code.
    measures : dict of name to expression
        One number for the tissue each, such as ``mean(cell.age)``; written at every record.
    stop_when : expression
        Ends the run when it comes true, looked at after every lifecycle step.
    short : map
        Overrides that show the point within seconds, for ``run --short``.
    """

    tissue_sim: Annotated[Literal[1], BeforeValidator(_version)]
    title: Annotated[str, Field(max_length=1000)] = ""
    seed: Annotated[int, Field(ge=0, lt=1 << 64)] = 0
    duration: PositiveTime
    steps: StepsSettings = StepsSettings()
    record: RecordSettings = RecordSettings()
    parameters: dict[Name, Number] = Field(default_factory=dict)
    columns: dict[Name, ColumnSettings] = Field(default_factory=dict)
    domain: DomainSettings
    signals: dict[Name, SignalSettings] = Field(default_factory=dict)
    sources: list[SourceSettings] = Field(default_factory=list)
    fixed: list[FixedSettings] = Field(default_factory=list)
    reactions: Annotated[str, Field(min_length=1, max_length=LONGEST_EQUATIONS)] | None = None
    basement_membranes: Annotated[list[BasementMembraneSettings], Field(max_length=100)] = Field(
        default_factory=list
    )
    networks: dict[Name, NetworkSettings] = Field(default_factory=dict)
    cell_types: Annotated[dict[Name, CellTypeSettings], Field(min_length=1, max_length=1000)]
    extensions: list[str] = Field(default_factory=list)
    initial: list[InitialItem] = Field(default_factory=list)
    interventions: list[InterventionSettings] = Field(default_factory=list)
    measures: dict[Name, ExpressionField] = Field(default_factory=dict)
    stop_when: ExpressionField | None = None
    short: dict[str, Any] | None = None
