"""A run at the command line: signals, the progress line, the summary, the picture."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tissue_sim.cli import FAILED, INTERRUPTED, OK
from tissue_sim.cli.progress import ProgressLine, duration_text, simulated_text
from tissue_sim.errors import SimulationError, TissueSimError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tissue_sim.run_to_folder import Outcome
    from tissue_sim.scenario.scenario import Scenario
    from tissue_sim.simulation import Simulation

__all__ = ["Session"]


class Session:
    """One run in one folder."""

    def __init__(self, folder: Path, *, quiet: bool, picture: bool) -> None:
        self.folder, self.quiet, self.picture = folder, quiet, picture
        self._progress = ProgressLine()

    def run(self, scenario: Scenario, *, overwrite: bool, allow_code: bool) -> int:
        """Run from the start."""
        from tissue_sim.simulation import Simulation

        simulation = Simulation(scenario, allow_code=allow_code)
        return self._go(simulation, resume=False, overwrite=overwrite)

    def resume(self, *, overrides: Sequence[str], allow_code: bool) -> int:
        """Go on from the newest checkpoint."""
        from tissue_sim.run_to_folder import reopen_simulation

        simulation = reopen_simulation(self.folder, overrides=overrides, allow_code=allow_code)
        if simulation.finished:
            more = "another stop_when" if simulation.stopped else "a longer duration, --set duration='96 h'"
            ended = "was ended by stop_when" if simulation.stopped else "is complete"
            self._say(f"{self.folder} {ended} at {simulated_text(simulation.tissue.time)}; give {more}")
            return OK
        self._say(f"going on at {simulated_text(simulation.tissue.time)}")
        return self._go(simulation, resume=True, overwrite=False)

    def _go(self, simulation: Simulation, *, resume: bool, overwrite: bool) -> int:
        from tissue_sim.run_to_folder import run_to_folder

        began = time.monotonic()
        try:
            with _interruptible(simulation):
                outcome = run_to_folder(
                    simulation,
                    self.folder,
                    overwrite=overwrite,
                    resume=resume,
                    command=sys.argv,
                    each_step=None if self.quiet else self._progress,
                )
        except SimulationError as error:
            self._progress.clear()
            sys.stderr.write(f"tissue-sim: {error}\n")
            sys.stderr.write(f"tissue-sim: what was recorded until then is in {self.folder}\n")
            return FAILED
        except KeyboardInterrupt:
            if not simulation.interrupted:
                raise
            # Asked for twice: the step at hand is given up, and no state is written.
            self._progress.clear()
            sys.stderr.write(
                f"tissue-sim: interrupted at once; what was recorded until then is in {self.folder}, "
                f"{'the checkpoint is the one before' if resume else 'without a checkpoint to go on from'}\n"
            )
            return INTERRUPTED
        finally:
            self._progress.clear()
        self._summarise(outcome, time.monotonic() - began)
        if self.picture:
            self._draw()
        return INTERRUPTED if outcome.status == "interrupted" else OK

    def _summarise(self, outcome: Outcome, seconds: float) -> None:
        ended = {
            "finished": "finished",
            "stopped": "stopped by stop_when",
            "interrupted": "interrupted",
        }[outcome.status]
        self._say(
            f"{ended} at {simulated_text(outcome.time)} with {outcome.cells:,} "
            f"cell{'s' if outcome.cells != 1 else ''}, {duration_text(seconds)}"
        )
        total = sum(outcome.timings.values()) or 1.0
        parts = sorted(outcome.timings.items(), key=lambda item: -item[1])
        self._say("wall time: " + ", ".join(f"{name} {s:.1f} s ({s / total:.0%})" for name, s in parts))
        for name, count in outcome.counters.items():
            if count:
                self._say(f"{name}: {count:,}")
        self._say(f"run: {self.folder}")
        if outcome.status == "interrupted":
            self._say(f"go on with: tissue-sim resume {self.folder}")

    def _draw(self) -> None:
        from tissue_sim.analysis.plots.figure import draw_run

        try:
            path = draw_run(self.folder)
        except TissueSimError as error:
            sys.stderr.write(f"tissue-sim: no picture: {error}\n")
        else:
            self._say(f"picture: {path}")

    def _say(self, text: str) -> None:
        if not self.quiet:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()


@contextmanager
def _interruptible(simulation: Simulation) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the run after the step at hand; a second one ends it at once."""

    def ask_to_end(number: int, _frame: object) -> None:
        if simulation.interrupted:
            signal.signal(number, signal.default_int_handler)
            raise KeyboardInterrupt
        simulation.interrupted = True

    previous = {number: signal.signal(number, ask_to_end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
