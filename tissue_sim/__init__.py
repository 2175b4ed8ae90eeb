"""An agent-based simulator of living tissue.

Every cell is an agent with an internal network; cells meet through diffusing signals, contact and forces.

>>> import tissue_sim
>>> run = tissue_sim.run("scenarios/spheroid.yaml")  # doctest: +SKIP
>>> run.cells(time=2880)  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tissue_sim.analysis.run import Run as Run
    from tissue_sim.analysis.run import open_run as open_run
    from tissue_sim.errors import CellRemovedError as CellRemovedError
    from tissue_sim.errors import ScenarioError as ScenarioError
    from tissue_sim.errors import SimulationError as SimulationError
    from tissue_sim.errors import TissueSimError as TissueSimError
    from tissue_sim.mechanics.law import Law as Law
    from tissue_sim.mechanics.law import LawParameter as LawParameter
    from tissue_sim.run_to_folder import run as run
    from tissue_sim.scenario.scenario import Scenario as Scenario
    from tissue_sim.scenario.scenario import load_scenario as load_scenario
    from tissue_sim.simulation import Simulation as Simulation
    from tissue_sim.tissue.cell import Cell as Cell
    from tissue_sim.tissue.cells import Cells as Cells
    from tissue_sim.tissue.columns import Column as Column
    from tissue_sim.tissue.compiled_step import CompiledStep as CompiledStep
    from tissue_sim.tissue.model import TissueModel as TissueModel
    from tissue_sim.tissue.process import Process as Process
    from tissue_sim.tissue.snapshot import Snapshot as Snapshot

__version__ = "0.1.0"

# Imported at their first use, so that `tissue-sim --help` and an import of the package stay instant.
_HOMES = {
    "Cell": "tissue_sim.tissue.cell",
    "CellRemovedError": "tissue_sim.errors",
    "Cells": "tissue_sim.tissue.cells",
    "Column": "tissue_sim.tissue.columns",
    "CompiledStep": "tissue_sim.tissue.compiled_step",
    "Law": "tissue_sim.mechanics.law",
    "LawParameter": "tissue_sim.mechanics.law",
    "Process": "tissue_sim.tissue.process",
    "Run": "tissue_sim.analysis.run",
    "Scenario": "tissue_sim.scenario.scenario",
    "ScenarioError": "tissue_sim.errors",
    "Simulation": "tissue_sim.simulation",
    "SimulationError": "tissue_sim.errors",
    "Snapshot": "tissue_sim.tissue.snapshot",
    "TissueModel": "tissue_sim.tissue.model",
    "TissueSimError": "tissue_sim.errors",
    "load_scenario": "tissue_sim.scenario.scenario",
    "open_run": "tissue_sim.analysis.run",
    "run": "tissue_sim.run_to_folder",
}

__all__ = [
    "Cell",
    "CellRemovedError",
    "Cells",
    "Column",
    "CompiledStep",
    "Law",
    "LawParameter",
    "Process",
    "Run",
    "Scenario",
    "ScenarioError",
    "Simulation",
    "SimulationError",
    "Snapshot",
    "TissueModel",
    "TissueSimError",
    "__version__",
    "load_scenario",
    "open_run",
    "run",
]


def __getattr__(name: str) -> Any:
    """Import a public name at its first use."""
    if name not in _HOMES:
        raise AttributeError(f"tissue_sim has no '{name}'; public are {', '.join(__all__)}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
