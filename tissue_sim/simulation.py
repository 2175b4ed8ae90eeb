"""The main loop: scenario -> tissue -> scheduler -> recorder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tissue_sim.build import build_tissue
from tissue_sim.recorder.triggers import Periodic
from tissue_sim.scenario.scenario import Scenario, load_scenario
from tissue_sim.tissue.snapshot_of import take_snapshot
from tissue_sim.tissue.state import restore_state, state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np

    from tissue_sim.tissue.model import TissueModel
    from tissue_sim.tissue.snapshot import Snapshot

__all__ = ["Simulation"]


class Simulation:
    """A tissue and its scenario, stepped forward.

    Iterating yields a `Snapshot` at every recorded time, the start and the end included.

    Parameters
    ----------
    scenario : Scenario
    allow_code : bool
        Import the Python files under ``extensions:``.

    Attributes
    ----------
    tissue : TissueModel
    stopped : bool
        ``stop_when`` has come true.
    interrupted : bool
        Set it (from a signal handler, say) to end after the step at hand.
    """

    def __init__(self, scenario: Scenario, *, allow_code: bool = False) -> None:
        self.scenario = scenario
        self.stopped = False
        self.interrupted = False
        self.tissue: TissueModel = build_tissue(scenario, allow_code=allow_code)
        settings, clock = scenario.settings, self.tissue.clock
        self._end = clock.ticks_of(settings.duration)
        self._records = Periodic(settings.record.every or settings.duration, clock.base_step)
        self._measures = {name: measure.tree for name, measure in settings.measures.items()}
        self._placed = False

    @classmethod
    def from_scenario(
        cls,
        path: str | Path,
        *,
        short: bool = False,
        overrides: Sequence[str] = (),
        seed: int | None = None,
        allow_code: bool = False,
    ) -> Simulation:
        """Read a scenario file and build its simulation.

        Parameters
        ----------
        path : str or Path
            The YAML file.
        short : bool
            Apply its ``short:`` form.
        overrides : sequence of str
            ``PATH=VALUE`` each, as ``--set``.
        seed : int, optional
            Replaces the file's.
        allow_code : bool
            Import the Python files under ``extensions:``.

        Raises
        ------
        ScenarioError
            With every mistake of the file.
        """
        return cls(load_scenario(path, short=short, overrides=overrides, seed=seed), allow_code=allow_code)

    @property
    def finished(self) -> bool:
        """Whether the end or ``stop_when`` is reached."""
        return self.stopped or self.tissue.clock.tick >= self._end

    @property
    def progress(self) -> float:
        """Simulated part of the duration, 0 to 1."""
        return min(1.0, self.tissue.clock.tick / self._end) if self._end else 1.0

    def last_scheduled_record(self) -> float:
        """Return the time of the last regular record up to now, min."""
        clock = self.tissue.clock
        return clock.time_of(self._records.last_by(clock.tick))

    def place_cells(self) -> None:
        """Put the initial cells into the tissue, once; does nothing after `restore`."""
        if not self._placed:
            self._placed = True
            placement = self.scenario.place_cells(int(self.tissue.key))
            self.tissue.add_cells(placement.positions, placement.types, placement.columns)

    def snapshot(self) -> Snapshot:
        """Return what would be recorded now."""
        return take_snapshot(self.tissue, self._measures)

    def step(self) -> None:
        """Advance by one tick of the clock."""
        self.place_cells()
        lifecycle_step = self.tissue.clock.due(("lifecycle",))
        self.tissue.step()
        stop_when = self.scenario.settings.stop_when
        if lifecycle_step and stop_when is not None and self.tissue.scalar(stop_when.tree) > 0.0:
            self.stopped = True

    def advance(self, each_step: Callable[[Simulation], Any] | None = None) -> Iterator[Snapshot]:
        """Step to the end; yield a snapshot at every recorded time; call `each_step` after every step."""
        self.place_cells()
        clock = self.tissue.clock
        while True:
            self.tissue.apply_due()
            last = self.finished or self.interrupted
            if last or self._records.due(clock.tick):
                yield self.snapshot()
            if last:
                return
            self.step()
            if each_step is not None:
                each_step(self)

    def __iter__(self) -> Iterator[Snapshot]:
        """Yield a snapshot at every recorded time."""
        return self.advance()

    def state(self) -> dict[str, np.ndarray]:
        """Return the complete state as named arrays; a new Simulation given it goes on with the same bits."""
        self.place_cells()
        return state_of(self.tissue)

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from what `state` returned, in a new simulation of the same scenario."""
        self._placed = True
        restore_state(self.tissue, state)
