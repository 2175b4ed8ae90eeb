"""Imports the Python files a scenario names, when that was allowed; finds agent classes and laws there."""

from __future__ import annotations

import linecache
import sys
from importlib.util import decode_source
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tissue_sim.errors import Problem, ScenarioError, UsageError, did_you_mean
from tissue_sim.mechanics.law import Law
from tissue_sim.tissue.cell import Cell

if TYPE_CHECKING:
    from tissue_sim.scenario.scenario import Scenario

__all__ = ["Extensions"]


class Extensions:
    """The Python files of a scenario, imported.

    What runs is the content that was read and hashed with the scenario: neither the copies stored in a run
    nor bytecode beside the files.

    Parameters
    ----------
    scenario : Scenario
    allow_code : bool

    Raises
    ------
    UsageError
        If there are files and code is not allowed, or one cannot be imported.
    """

    def __init__(self, scenario: Scenario, *, allow_code: bool) -> None:
        self._scenario = scenario
        names = scenario.settings.extensions
        if names and not allow_code:
            raise UsageError(
                f"{scenario.path} runs Python code from {', '.join(names)}; "
                "read the file, then allow it with --allow-code (allow_code=True in Python)"
            )
        self._modules = {
            path.stem: _import(path, scenario.files[str(path)]) for path in scenario.extension_paths()
        }

    def agent_classes(self) -> dict[str, type[Cell]]:
        """Return the agent class of every cell type that names one.

        Raises
        ------
        ScenarioError
            If a class is missing or no subclass of Cell.
        """
        types = self._scenario.settings.cell_types
        return {
            name: self._find(kind.agent, _is_agent_class, "subclass of Cell", (name, "agent"))
            for name, kind in types.items()
            if kind.agent
        }

    def law(self, cell_type: str) -> Law:
        """Return the law that a cell type names as MODULE.NAME.

        Raises
        ------
        ScenarioError
            If it is missing or no Law.
        """
        dotted = self._scenario.settings.cell_types[cell_type].mechanics.law
        found: Law = self._find(dotted, _is_law, "Law", (cell_type, "mechanics", "law"))
        return found

    def file_of(self, dotted: str) -> Path:
        """Return the file of MODULE.NAME."""
        stem = dotted.rpartition(".")[0]
        return next(path for path in self._scenario.extension_paths() if path.stem == stem)

    def _find(self, dotted: str, fits: Any, what: str, path: tuple[str, ...]) -> Any:
        stem, _, name = dotted.rpartition(".")
        found = getattr(self._modules.get(stem), name, None)
        if fits(found):
            return found
        known = [
            f"{stem}.{each}"
            for stem, module in self._modules.items()
            for each, value in vars(module).items()
            if fits(value)
        ]
        message = (
            f"'{dotted}' is no {what} in {stem}.py; "
            f"known are {', '.join(known) or 'none'}{did_you_mean(dotted, known)}"
        )
        raise ScenarioError([self._scenario.located(Problem(("cell_types", *path), message))])


def _is_agent_class(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, Cell) and value is not Cell


def _is_law(value: Any) -> bool:
    return isinstance(value, Law)


def _import(path: Path, content: bytes) -> ModuleType:
    module = ModuleType(f"tissue_sim_extension_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    try:
        code = compile(content, str(path), "exec", dont_inherit=True)
        # `inspect` and tracebacks show what runs, even when the file is edited meanwhile.
        lines = decode_source(content).splitlines(keepends=True)
        linecache.cache[str(path)] = (len(content), None, lines, str(path))
        exec(code, vars(module))
    except Exception as error:
        raise UsageError(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
    return module
