"""Runs what users add to cell types in Python, in three ways of growing speed.

1. ``step``, ``at_division``, ``at_death`` overridden in a subclass of `Cell`: 5 us a call, 5 us more a value.
2. ``step_population(cells, dt)``, a classmethod over all live cells of the type: array operations.
3. ``compiled_step = CompiledStep(function, reads=..., writes=...)``: a scalar function, compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from tissue_sim.errors import SimulationError
from tissue_sim.tissue.cell import Cell
from tissue_sim.tissue.cells import Cells
from tissue_sim.tissue.columns import LIVE
from tissue_sim.tissue.process import Process

if TYPE_CHECKING:
    from tissue_sim.tissue.model import TissueModel

__all__ = ["HooksProcess", "overrides"]


def overrides(agent_class: type, hook: str) -> bool:
    """Say whether a class brings a hook of its own."""
    return getattr(agent_class, hook, None) is not getattr(Cell, hook, None)


class HooksProcess(Process):
    """Runs the hooks of all cell types with the lifecycle step, types in order, cells in cell_id order."""

    name: ClassVar[str] = "hooks"
    step_names: tuple[str, ...] = ("lifecycle",)
    order: ClassVar[int] = 35

    def advance(self, tissue: TissueModel, dt: float) -> None:
        """Run every type's hooks on its live cells."""
        tissue.asking_ticks = tissue.clock.step_ticks("lifecycle")
        try:
            self._run_all(tissue, dt)
        finally:
            tissue.asking_ticks = 0

    def _run_all(self, tissue: TissueModel, dt: float) -> None:
        for number, name in enumerate(tissue.cell_types):
            agent_class = tissue.agent_classes.get(name)
            if agent_class is None:
                continue
            live = tissue.population["state"] == LIVE
            rows = np.flatnonzero(live & (tissue.population["type"] == number))
            if not len(rows):
                continue
            try:
                self._run(tissue, agent_class, rows, dt)
            except SimulationError:
                raise
            except Exception as error:
                raise SimulationError(
                    f"the hook of class {agent_class.__name__} raised {type(error).__name__}: {error}",
                    process=self.name,
                    time=tissue.clock.time,
                ) from error

    @staticmethod
    def _run(tissue: TissueModel, agent_class: type[Cell], rows: np.ndarray, dt: float) -> None:
        compiled = getattr(agent_class, "compiled_step", None)
        if compiled is not None:
            compiled.run(Cells(tissue, rows), dt)
        whole = getattr(agent_class, "step_population", None)
        if whole is not None:
            whole(Cells(tissue, rows), dt)
        if overrides(agent_class, "step"):
            for cell_id in tissue.population["cell_id"][rows].tolist():
                tissue.cell(cell_id).step()
