"""Builds a tissue and its processes from a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.lifecycle.process import LifecycleProcess
from tissue_sim.mechanics.further_forces import further_forces
from tissue_sim.mechanics.process import MechanicsProcess
from tissue_sim.scenario.contact_laws import contact_settings
from tissue_sim.scenario.extensions import Extensions
from tissue_sim.tissue.columns import Column
from tissue_sim.tissue.model import TissueModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.interventions.plan import Planned
    from tissue_sim.scenario.scenario import Scenario

__all__ = ["build_tissue"]


def build_tissue(scenario: Scenario, *, allow_code: bool = False, agents: bool = True) -> TissueModel:
    """Return the tissue of a scenario, without cells.

    Parameters
    ----------
    scenario : Scenario
    allow_code : bool
        Import the Python files under ``extensions:``.
    agents : bool
        False leaves out the cell types' Python classes and contact laws; nothing is imported.

    Raises
    ------
    UsageError
        If the scenario names extensions and `allow_code` is False, or one cannot be imported.
    ScenarioError
        If a class or contact law is not in the extensions, or the law cannot be used.
    """
    settings = scenario.settings
    types = settings.cell_types
    extensions = Extensions(scenario, allow_code=allow_code) if agents else None
    mechanics = contact_settings(scenario, extensions)
    tissue = TissueModel(
        scenario.domain,
        tuple(types),
        settings.steps.model_dump(),
        seed=settings.seed,
        parameters=settings.parameters,
        agent_classes=extensions.agent_classes() if extensions else None,
    )
    for name, column in settings.columns.items():
        declared = Column(name, "f8", unit=column.unit, division=column.division, description="own column")
        tissue.add_column(declared, column.initial)
    planned: list[Planned] = []
    if settings.interventions:
        from tissue_sim.scenario.interventions import plan

        planned = plan(scenario)
    if settings.signals:
        _add_signals(tissue, scenario)
    if settings.networks:
        _add_networks(tissue, scenario, planned)
    tissue.add_process(LifecycleProcess(tissue, types))
    motility = {name: kind.motility for name, kind in types.items()}
    further = further_forces(tissue, mechanics, settings.basement_membranes)
    for process in (*further, MechanicsProcess(tissue, mechanics, motility, further)):
        tissue.add_process(process)
    rules = {name: kind.rules for name, kind in types.items()}
    outputs = {name: network.outputs for name, network in settings.networks.items()}
    if any(rules.values()) or any(outputs.values()):
        from tissue_sim.rules.process import RulesProcess

        tissue.add_process(RulesProcess(tissue, rules, outputs))
    if planned:
        _add_interventions(tissue, scenario, planned)
    return tissue


# A process that a scenario does not have is not imported: its kernels take time to load.


def _add_signals(tissue: TissueModel, scenario: Scenario) -> None:
    from tissue_sim.signals.process import SignalsProcess

    settings = scenario.settings
    exchange = {name: kind.exchange for name, kind in settings.cell_types.items()}
    reactions = None
    if settings.reactions is not None:
        from tissue_sim.signals.reactions.reading import read_reactions

        reactions = read_reactions(settings.reactions, settings.signals, settings.parameters)
    tissue.add_process(
        SignalsProcess(
            tissue, settings.signals, exchange, settings.sources, settings.fixed, scenario.masks, reactions
        )
    )


def _add_networks(tissue: TissueModel, scenario: Scenario, planned: Sequence[Planned]) -> None:
    from tissue_sim.network.process import NetworkProcess

    settings, models = scenario.settings, scenario.models
    if planned:
        from tissue_sim.scenario.interventions import models_with_interventions

        models = models_with_interventions(scenario, planned)
    carriers = {name: kind.networks for name, kind in settings.cell_types.items()}
    tissue.add_process(NetworkProcess(tissue, settings.networks, models, carriers))


def _add_interventions(tissue: TissueModel, scenario: Scenario, planned: Sequence[Planned]) -> None:
    from tissue_sim.interventions.process import InterventionsProcess
    from tissue_sim.network.outside import NetworksFromOutside
    from tissue_sim.network.process import NetworkProcess
    from tissue_sim.scenario.interventions import SettingsReceiver, exchanged_species
    from tissue_sim.signals.process import SignalsProcess

    signals = next((each for each in tissue.processes if isinstance(each, SignalsProcess)), None)
    networks = next((each for each in tissue.processes if isinstance(each, NetworkProcess)), None)
    tissue.add_process(
        InterventionsProcess(
            tissue,
            planned,
            None if networks is None else NetworksFromOutside(networks),
            SettingsReceiver(scenario, signals),
            exchanged_species(scenario),
        )
    )
