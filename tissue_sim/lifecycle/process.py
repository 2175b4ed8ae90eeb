"""The lifecycle in a tissue: columns, behaviours, and who divides, dies and leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tissue_sim.errors import Problem, ScenarioError, SimulationError
from tissue_sim.kernels.lifecycle import codes
from tissue_sim.kernels.lifecycle.advance import PART, advance_cells, advance_range
from tissue_sim.kernels.lifecycle.phases import enter_phases, follow
from tissue_sim.kernels.lifecycle.volume import fill_radius
from tissue_sim.lifecycle.behaviours import behaviours
from tissue_sim.lifecycle.checks import checks
from tissue_sim.lifecycle.death import CAUSES, SMALLEST_FACTOR, death_of
from tissue_sim.lifecycle.plan import NO_CYCLE
from tissue_sim.lifecycle.settings import nuclear_fraction
from tissue_sim.lifecycle.tables import rows_of_rates, tables_of
from tissue_sim.random_numbers import Purpose
from tissue_sim.tissue.columns import APOPTOTIC, NECROTIC, Column
from tissue_sim.tissue.process import Process

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.tissue.model import TissueModel

__all__ = ["COLUMNS", "LifecycleProcess"]

COLUMNS = (
    Column(
        "phase_remaining",
        "f8",
        unit="min",
        recorded=False,
        initial=np.inf,
        description="time left in a phase of drawn duration, or of dying",
    ),
    Column(
        "lifecycle_lag",
        "f8",
        unit="min",
        recorded=False,
        description="time since the last event within a step, made up for in the next step",
    ),
    Column(
        "lifecycle_pending",
        "u1",
        recorded=False,
        description="what the cell has asked for: 0 nothing, 1 division, 2 apoptosis, 3 necrosis, 4 removal",
    ),
    Column("lifecycle_due", "i8", unit="1", recorded=False, description="clock tick at which it is due"),
)
"""Columns of the lifecycle beyond the built-in ones."""


class LifecycleProcess(Process):
    """Growth, phases, division, death and removal of all cells.

    Parameters
    ----------
    tissue : TissueModel
    cell_types : mapping of str to object
        Settings of every cell type, with the attributes of `settings.LifecycleSettings`.

    Raises
    ------
    ScenarioError
        If a cell type's cycle cannot work; see `checks.checks`.
    """

    name: ClassVar[str] = "lifecycle"
    step_names: tuple[str, ...] = ("lifecycle",)
    order: ClassVar[int] = 30

    def __init__(self, tissue: TissueModel, cell_types: Mapping[str, Any]) -> None:
        settings = [cell_types[name] for name in tissue.cell_types]
        _refuse_problems(tissue, cell_types)
        self._types = tissue.cell_types
        self._settings = settings
        self._plans = [NO_CYCLE if s.cycle is None else s.cycle.plan(s.volume) for s in settings]
        self._tables = tables_of(self._plans)
        self._rate_names = rows_of_rates(self._plans)
        self._volume = np.array([each.volume for each in settings], dtype=np.float64)
        self._first_target = np.array([plan.first_target for plan in self._plans]) * self._volume
        self._nuclear = np.array([nuclear_fraction(each) for each in settings], dtype=np.float64)
        self._axes = self._tables.axes * np.asarray(tissue.domain.present, dtype=np.float64)
        self._axes /= np.linalg.norm(self._axes, axis=1, keepdims=True)
        for column in COLUMNS:
            tissue.population.declare(column)
        _declare_behaviours(tissue, settings)
        for name in self._types:
            tissue.phase_names[name] = self.phase_names(name)

    def phase_names(self, cell_type: str) -> tuple[str, ...]:
        """Return the names of a type's phases; the column ``phase`` indexes them.

        A dying cell keeps the phase in which it died; its column ``state`` says that it is dying.
        """
        return self._plans[self._types.index(cell_type)].names

    # --- births and deaths ----------------------------------------------------------------------------

    def added(self, tissue: TissueModel, rows: np.ndarray) -> None:
        """Give founders in `rows` (int64[m]) the volume of their type and its first phase.

        A volume that is already set (above 0) stays.
        """
        population = tissue.population
        types = population["type"][rows]
        volume = population["volume"][rows]
        population["volume"][rows] = np.where(volume > 0.0, volume, self._volume[types])
        population["target_volume"][rows] = self._first_target[types]
        population["phase"][rows] = 0
        sized = self._tables.phases[self._tables.first[types], codes.KIND] == codes.SIZED
        # A sizer's founder has the mean threshold; only its descendants draw one.
        self._enter(tissue, rows[~sized])
        self._follow_volume(tissue, rows)

    def divided(self, tissue: TissueModel, mothers: np.ndarray, daughters: np.ndarray) -> None:
        """Let the halves begin anew: phase, draws, target volume, radius (rows int64[m] each)."""
        population, tick = tissue.population, tissue.clock.tick
        pending, due = population["lifecycle_pending"], population["lifecycle_due"]
        both = np.concatenate([mothers, daughters])
        halved = both[self._tables.halves_target[population["type"][both]]]
        population["target_volume"][halved] *= 0.5
        # A mother divided by someone else while her own event is still to come goes on waiting for it.
        waiting = (pending[mothers] != codes.NOTHING) & (due[mothers] > tick)
        asked = np.tile((pending[mothers] == codes.DIVISION) & ~waiting, 2)
        new = np.concatenate([~waiting, np.ones(len(daughters), dtype=bool)])
        self._follow_volume(tissue, both)
        both, asked = both[new], asked[new]
        types = population["type"][both]
        origins = np.where(asked, population["phase"][both].astype(np.int64), self._tables.dividing[types])
        population["lifecycle_lag"][both] *= asked
        pending[both] = codes.NOTHING
        population["phase_time"][both] = 0.0
        follow(
            tissue.key,
            tick,
            both,
            origins,
            population["cell_id"],
            population["type"],
            self._tables.first,
            self._tables.chances,
            population["phase"],
        )
        self._enter(tissue, both)

    def died(self, tissue: TissueModel, rows: np.ndarray, causes: Sequence[str]) -> None:
        """Let cells in `rows` (int64[m]) begin to die; any cause but necrosis counts as apoptosis."""
        population = tissue.population
        kinds = np.array([cause == "necrosis" for cause in causes], dtype=np.int64)
        rows = np.asarray(rows, dtype=np.int64)
        pending = population["lifecycle_pending"]
        asked = pending[rows] == np.where(kinds == 1, codes.NECROSIS, codes.APOPTOSIS)
        population["lifecycle_lag"][rows] = np.where(asked, population["lifecycle_lag"][rows], 0.0)
        pending[rows] = codes.NOTHING
        population["phase_time"][rows] = 0.0
        population["state"][rows] = np.where(kinds == 1, NECROTIC, APOPTOTIC)
        types = population["type"][rows]
        for number, settings in enumerate(self._settings):
            for kind, cause in enumerate(CAUSES):
                chosen = rows[(types == number) & (kinds == kind)]
                if not len(chosen):
                    continue
                death = death_of(settings.death, cause)
                factor = max(death.volume, SMALLEST_FACTOR)
                population["target_volume"][chosen] = factor * population["volume"][chosen]
                ids = population["cell_id"][chosen]
                drawn = death.duration.sample(tissue.key, ids, tissue.clock.tick, Purpose.DEATH)
                population["phase_remaining"][chosen] = drawn

    def _enter(self, tissue: TissueModel, rows: np.ndarray) -> None:
        population, tables = tissue.population, self._tables
        enter_phases(
            tissue.key,
            tissue.clock.tick,
            rows,
            population["cell_id"],
            population["type"],
            tables.first,
            tables.phases,
            tables.draws,
            population["phase"],
            population["phase_remaining"],
            population["target_volume"],
        )

    def _follow_volume(self, tissue: TissueModel, rows: np.ndarray) -> None:
        population = tissue.population
        fill_radius(population["volume"], rows, population["radius"])
        types = population["type"][rows]
        population["nuclear_volume"][rows] = self._nuclear[types] * population["volume"][rows]

    # --- time -----------------------------------------------------------------------------------------

    def advance(self, tissue: TissueModel, dt: float) -> None:
        """Advance all cells by `dt` (min) and ask for the divisions, deaths and removals at its end."""
        population, tables = tissue.population, self._tables
        size = population.size
        if not size:
            return
        events = np.empty(size, dtype=np.uint8)
        arguments = (
            tissue.key,
            tissue.clock.tick,
            dt,
            population["cell_id"],
            population["type"],
            population["state"],
            tables.first,
            tables.phases,
            tables.draws,
            tables.chances,
            self._rates(tissue),
            self._nuclear,
            population["lifecycle_due"],
            population["phase"],
            population["phase_time"],
            population["age"],
            population["lifecycle_lag"],
            population["lifecycle_pending"],
            population["phase_remaining"],
            population["volume"],
            population["target_volume"],
            population["nuclear_volume"],
            population["radius"],
            events,
        )
        if size > PART:
            advance_cells(*arguments)
        else:
            advance_range(0, size, *arguments)
        if events.any():
            self._ask(tissue, events)

    def _rates(self, tissue: TissueModel) -> np.ndarray:
        """Return the behaviours in effect, float64[rows, n]."""
        rates = np.empty((len(self._rate_names), tissue.population.size))
        for row, name in enumerate(self._rate_names):
            rates[row] = tissue.behaviours.effective(name)
        return rates

    def _ask(self, tissue: TissueModel, events: np.ndarray) -> None:
        population = tissue.population
        failed = np.flatnonzero(events == codes.FAILED)
        if len(failed):
            raise SimulationError(
                f"more than {codes.MOST_PASSES} phases within one lifecycle step; give the phases of its "
                "cycle longer durations or lower rates",
                process=self.name,
                time=tissue.clock.time,
                cell_id=int(population["cell_id"][failed[0]]),
            )
        due = tissue.clock.tick + tissue.clock.step_ticks(self.step_names[0])
        ids = population["cell_id"]
        population["lifecycle_due"][events != codes.NOTHING] = due
        dividing = np.flatnonzero(events == codes.DIVISION)
        axes = self._axes[population["type"][dividing]]
        tissue.requests.ask("division", ids[dividing], due, axes=axes)
        tissue.requests.ask("death", ids[events == codes.APOPTOSIS], due, cause="apoptosis")
        tissue.requests.ask("death", ids[events == codes.NECROSIS], due, cause="necrosis")
        tissue.requests.ask("removal", ids[events == codes.REMOVAL], due, cause="cleared")


def _refuse_problems(tissue: TissueModel, cell_types: Mapping[str, Any]) -> None:
    problems = [
        Problem(
            ("cell_types", name, *each.path), f"cell type {name}: {each.message}", each.offset, each.on_key
        )
        for name in tissue.cell_types
        for each in checks(cell_types[name], tissue.domain.present)
    ]
    if problems:
        raise ScenarioError(problems)


def _declare_behaviours(tissue: TissueModel, settings: Sequence[Any]) -> None:
    """Declare the behaviours of all types; a type that lacks one has the value 0."""
    listed = [{each.name: (each, value) for each, value in behaviours(one)} for one in settings]
    union = {name: pair[0] for by_name in listed for name, pair in by_name.items()}
    for name, behaviour in union.items():
        values = [by_name[name][1] if name in by_name else 0.0 for by_name in listed]
        tissue.behaviours.declare(behaviour, values)
