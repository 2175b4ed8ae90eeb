"""The tissue: population, fields, networks and clock, as a mesa model."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from tissue_sim.errors import SimulationError
from tissue_sim.random_numbers import TISSUE, Purpose, key_of_seed
from tissue_sim.tissue.attachments import Attachments
from tissue_sim.tissue.behaviours import Behaviours
from tissue_sim.tissue.births_and_deaths import add_founders, apply_due
from tissue_sim.tissue.cell import Cell, CellSet
from tissue_sim.tissue.clock import Clock
from tissue_sim.tissue.columns import LIVE
from tissue_sim.tissue.evaluate import per_cell, scalar
from tissue_sim.tissue.hooks import HooksProcess, overrides
from tissue_sim.tissue.lineage import Lineage
from tissue_sim.tissue.neighbours import Neighbours
from tissue_sim.tissue.population import Population
from tissue_sim.tissue.quantities import Quantities
from tissue_sim.tissue.random_stream import RandomStream
from tissue_sim.tissue.requests import Requests
from tissue_sim.tissue.sensing import Sensing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tissue_sim.codegen.syntax import Expression
    from tissue_sim.tissue.block import Block
    from tissue_sim.tissue.columns import Column
    from tissue_sim.tissue.distributions import Distribution
    from tissue_sim.tissue.domain import Domain
    from tissue_sim.tissue.process import Process

__all__ = ["TissueModel"]


class TissueModel(mesa.Model):  # type: ignore[misc]
    """Everything that is the tissue's state, and the one step that advances it.

    Parameters
    ----------
    domain : Domain
    cell_types : sequence of str
        Names; the column ``type`` indexes them.
    steps : mapping of str to float
        Time steps of signals, mechanics, network and lifecycle, min.
    seed : int
        Key of all random numbers.
    parameters : mapping of str to float
        Shared by all expressions.
    agent_classes : mapping of str to type
        Cell type -> subclass of `Cell`.

    Attributes
    ----------
    population, attachments, behaviours, clock, requests, lineage, quantities, neighbours
        The parts; see their classes.
    fields : dict of float64 (nz, ny, nx)
        Signals by name, in ``field_units``.
    blocks : dict of Block
        Networks by name.
    processes : list of Process
        In the order of a step.
    """

    def __init__(
        self,
        domain: Domain,
        cell_types: Sequence[str],
        steps: Mapping[str, float],
        *,
        seed: int = 0,
        parameters: Mapping[str, float] | None = None,
        agent_classes: Mapping[str, type[Cell]] | None = None,
    ) -> None:
        self.clock = Clock(steps)
        self.key = np.uint64(key_of_seed(seed))
        super().__init__(seed=seed)
        self.random = RandomStream(self.key, TISSUE, lambda: self.clock.tick)
        self._all_agents = CellSet([], random=self.random)
        self.domain = domain
        self.cell_types = tuple(cell_types)
        self.phase_names: dict[str, tuple[str, ...]] = dict.fromkeys(self.cell_types, ("live",))
        self.parameters = dict(parameters or {})
        self.agent_classes = dict(agent_classes or {})
        self.population = Population()
        self.attachments = Attachments(self.population)
        self.behaviours = Behaviours(self.population)
        self.requests = Requests()
        self.lineage = Lineage()
        self.fields: dict[str, np.ndarray] = {}
        self.field_units: dict[str, str] = {}
        self.blocks: dict[str, Block] = {}
        self.quantities = Quantities(self)
        self.contact_distance = np.full(len(self.cell_types), 1.25)
        self.neighbours = Neighbours(self)
        self.processes: list[Process] = [HooksProcess()] if self.agent_classes else []
        self.timings: dict[str, float] = {}
        self.asking_ticks = 0
        self._initial: dict[str, Distribution] = {}
        self._sensing = Sensing(domain.grid) if domain.grid else None
        self._streams: dict[int, RandomStream] = {}
        self._cells: dict[int, Cell] = {}
        self._agents_built = False

    # --- building -----------------------------------------------------------------------------------

    def add_process(self, process: Process) -> None:
        """Add a process; processes run in the order of their ``order``."""
        self.processes.append(process)
        self.processes.sort(key=lambda each: each.order)

    def add_block(self, block: Block) -> None:
        """Add a network's state; before cells are added."""
        self.blocks[block.name] = block

    def add_column(self, column: Column, initial: Distribution | None = None) -> None:
        """Declare a column; `initial` is drawn for each cell."""
        self.population.declare(column)
        if initial is not None:
            self._initial[column.name] = initial

    def add_cells(
        self, positions: np.ndarray, types: np.ndarray, columns: dict[str, np.ndarray] | None = None
    ) -> np.ndarray:
        """Put founder cells (positions float64[m, 3] um, types int64[m]) into the tissue; return rows."""
        rows = add_founders(self, positions, types, columns or {})
        self.neighbours.invalidate()
        return rows

    def set_initial_columns(self, rows: np.ndarray, only: str | None = None) -> None:
        """Draw the initial values of the scenario's own columns for cells in `rows`."""
        ids = self.population["cell_id"][rows]
        for number, (name, initial) in enumerate(self._initial.items()):
            if only in (None, name):
                self.population[name][rows] = initial.sample(
                    self.key, ids, self.clock.tick, Purpose.COLUMN_INITIAL, number
                )

    # --- time ---------------------------------------------------------------------------------------

    def apply_due(self) -> None:
        """Apply births, deaths and interventions due at this clock time; doing it again changes nothing."""
        apply_due(self)
        for process in self.processes:
            process.between_steps(self)

    def step(self) -> None:
        """Advance by one tick: what is due between ticks, then every due process in order."""
        self.apply_due()
        for process in self.processes:
            if self.clock.due(process.step_names):
                began = time.perf_counter()
                try:
                    process.advance(self, self.clock.step(process.step_names[0]))
                except MemoryError as error:
                    raise SimulationError(
                        f"out of memory with {self.population.size} cells",
                        process=process.name,
                        time=self.clock.time,
                    ) from error
                spent = time.perf_counter() - began
                self.timings[process.name] = self.timings.get(process.name, 0.0) + spent
        self.clock.tick += 1

    @property
    def time(self) -> float:
        """Minutes since the start."""
        return self.clock.time

    def ask(self, kind: str, cell_ids: np.ndarray, **options: Any) -> None:
        """Ask for ``removal``, ``death`` or ``division`` of cells (int64[m]) from user code.

        It happens at the end of the step in which it is asked for, or at once when asked between steps.
        """
        due_tick = self.clock.tick + self.asking_ticks
        self.requests.ask(kind, np.asarray(cell_ids, dtype=np.int64), due_tick, **options)

    # --- what processes and formulas read -----------------------------------------------------------

    def voxels(self) -> np.ndarray:
        """Return each cell's voxel, int64[n]: an index into ``field.ravel()``."""
        return self.places()[0]

    def outside(self) -> np.ndarray:
        """Say which cells' centres are outside the domain, bool[n]."""
        return self.places()[1]

    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Return what `voxels` and `outside` return, both for the price of one."""
        return self._look().voxels(self.population["position"])

    def gradient(self, signal: str) -> np.ndarray:
        """Return the gradient of a signal at each cell, float64[n, 3], unit/um."""
        return self._look().gradient(self.fields[signal], self.voxels())

    def _look(self) -> Sensing:
        if self._sensing is None:
            raise SimulationError("there is no grid: the scenario declares no signals")
        return self._sensing

    def evaluate(
        self, expression: Expression, rows: np.ndarray | None = None, network: str | None = None
    ) -> np.ndarray:
        """Evaluate a formula for each cell; see `tissue.evaluate.per_cell`."""
        return per_cell(self, expression, rows, network)

    def scalar(self, expression: Expression) -> float:
        """Evaluate a formula of aggregates; see `tissue.evaluate.scalar`."""
        return scalar(self, expression)

    # --- agents -------------------------------------------------------------------------------------

    @property
    def agents(self) -> CellSet:
        """All cells as mesa's AgentSet, in cell_id order; built at its first use."""
        self._build_agents()
        return self._all_agents

    @property
    def agents_by_type(self) -> dict[type, Any]:
        """As mesa's: Python class -> AgentSet."""
        self._build_agents()
        return self._agents_by_type  # type: ignore[no-any-return]

    @property
    def agent_types(self) -> list[type]:
        """As mesa's."""
        return list(self.agents_by_type)

    def cell(self, cell_id: int) -> Cell:
        """Return one cell as an agent; raise CellRemovedError if it is gone."""
        self.population.row_of(cell_id)
        self._build_agents()
        return self._cells[cell_id]

    def cells_in_contact(self, cell_id: int) -> list[Cell]:
        """Return the live cells in contact with one cell, in cell_id order."""
        starts, others = self.neighbours.contacts()
        row = self.population.row_of(cell_id)
        rows = others[starts[row] : starts[row + 1]]
        rows = rows[self.population["state"][rows] == LIVE]
        return [self.cell(each) for each in self.population["cell_id"][rows].tolist()]

    def random_stream(self, cell_id: int) -> RandomStream:
        """Return the stream of user draws of one cell."""
        if cell_id not in self._streams:
            self._streams[cell_id] = RandomStream(self.key, cell_id, lambda: self.clock.tick)
        return self._streams[cell_id]

    def _build_agents(self) -> None:
        if not self._agents_built:
            self._agents_built = True
            self._register(np.arange(self.population.size))

    def _register(self, rows: np.ndarray) -> None:
        types = self.population["type"][rows].tolist()
        for cell_id, kind in zip(self.population["cell_id"][rows].tolist(), types, strict=True):
            agent_class = self.agent_classes.get(self.cell_types[kind], Cell)
            self._cells[cell_id] = agent_class(self, cell_id)

    def agents_born(self, rows: np.ndarray, mothers: np.ndarray | None = None) -> None:
        """Keep agents in step with births, and run the mothers' `at_division`."""
        if self._agents_built:
            self._register(rows)
        if mothers is not None:
            self._call_hook(
                "at_division", mothers, lambda i: (self.cell(int(self.population["cell_id"][rows[i]])),)
            )

    def agents_died(self, rows: np.ndarray, causes: list[str]) -> None:
        """Run the `at_death` of the cells that die."""
        self._call_hook("at_death", rows, lambda i: (causes[i],))

    def agents_removed(self, rows: np.ndarray) -> None:
        """Keep agents in step with removals."""
        for cell_id in self.population["cell_id"][rows].tolist():
            self._streams.pop(cell_id, None)
            if self._agents_built:
                self.deregister_agent(self._cells.pop(cell_id))

    def _call_hook(self, hook: str, rows: np.ndarray, arguments: Callable[[int], tuple[Any, ...]]) -> None:
        for number, name in enumerate(self.cell_types):
            agent_class = self.agent_classes.get(name)
            if agent_class is None or not overrides(agent_class, hook):
                continue
            for i in np.flatnonzero(self.population["type"][rows] == number).tolist():
                cell = self.cell(int(self.population["cell_id"][rows[i]]))
                getattr(cell, hook)(*arguments(i))
