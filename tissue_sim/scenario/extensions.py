"""Imports the Python files a scenario names, when that was allowed, and finds its agent classes."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING

from tissue_sim.errors import UsageError, did_you_mean
from tissue_sim.tissue.cell import Cell

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from tissue_sim.scenario.scenario import Scenario

__all__ = ["agent_classes"]


def agent_classes(scenario: Scenario, *, allow_code: bool) -> dict[str, type[Cell]]:
    """Return the agent class of every cell type that names one.

    The files on disk are imported, never the copies stored in a run; `Scenario` has checked their hashes.

    Raises
    ------
    UsageError
        If code is not allowed, a file cannot be imported, or a class is missing or no subclass of Cell.
    """
    wanted = {name: kind.agent for name, kind in scenario.settings.cell_types.items() if kind.agent}
    if not scenario.settings.extensions:
        if wanted:
            name, agent = next(iter(wanted.items()))
            raise UsageError(
                f"cell_types.{name}.agent: {agent} needs `extensions: [FILE.py]`, which names no file"
            )
        return {}
    if not allow_code:
        raise UsageError(
            f"{scenario.path} runs Python code from {', '.join(scenario.settings.extensions)}; "
            "read the file, then allow it with --allow-code (allow_code=True in Python)"
        )
    modules = {path.stem: _import(path) for path in scenario.extension_paths()}
    return {name: _class_of(agent, modules, name) for name, agent in wanted.items()}


def _import(path: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location(f"tissue_sim_extension_{path.stem}", path)
    if specification is None or specification.loader is None:
        raise UsageError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    try:
        specification.loader.exec_module(module)
    except Exception as error:
        raise UsageError(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
    return module


def _class_of(agent: str, modules: dict[str, ModuleType], cell_type: str) -> type[Cell]:
    stem, _, name = agent.rpartition(".")
    module = modules.get(stem)
    found = getattr(module, name, None) if module else None
    if isinstance(found, type) and issubclass(found, Cell):
        return found
    known = [
        f"{stem}.{each}"
        for stem, module in modules.items()
        for each, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Cell) and value is not Cell
    ]
    raise UsageError(
        f"cell_types.{cell_type}.agent: '{agent}' is no subclass of Cell in {', '.join(modules)}.py; "
        f"known are {', '.join(known) or 'none'}{did_you_mean(agent, known)}"
    )
