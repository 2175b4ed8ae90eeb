"""Runs a simulation into a folder, and goes on with one that is there."""

from __future__ import annotations

import datetime
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tissue_sim.errors import RunError, UsageError
from tissue_sim.recorder.checkpoint import latest_checkpoint, read_checkpoint, write_checkpoint
from tissue_sim.recorder.folder import claim_folder, numbered_folder
from tissue_sim.recorder.header import RunHeader, machine_description, package_versions
from tissue_sim.recorder.recorder import Recorder
from tissue_sim.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np

    from tissue_sim.analysis.run import Run
    from tissue_sim.tissue.snapshot import Snapshot

__all__ = ["Outcome", "reopen_simulation", "run", "run_to_folder"]

CHECKPOINTS = "checkpoints"


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes
    ----------
    folder : Path
    status : str
        ``finished``, ``stopped`` (by ``stop_when``) or ``interrupted``.
    time : float
        Simulated time, min.
    cells : int
        Cells at the end.
    timings : dict
        Wall time by process, s.
    counters : dict
        Counts worth a look, for instance steps redone by backward Euler.
    """

    folder: Path
    status: str
    time: float
    cells: int
    timings: dict[str, float]
    counters: dict[str, int]


def run(
    scenario: str | Path,
    *,
    output: str | Path | None = None,
    short: bool = False,
    overrides: Sequence[str] = (),
    seed: int | None = None,
    overwrite: bool = False,
    allow_code: bool = True,
) -> Run:
    """Run a scenario file and return its opened run.

    Parameters
    ----------
    scenario : path
        The YAML file.
    output : path, optional
        Folder of the run; ``outputs/<scenario>-<number>`` by default.
    short : bool
        Apply the scenario's ``short:`` form.
    overrides : sequence of str
        ``PATH=VALUE`` each, as ``--set``.
    seed : int, optional
        Replaces the scenario's.
    overwrite : bool
        Replace a run that is in `output`.
    allow_code : bool
        Import the Python files under ``extensions:``; who calls this runs Python already.

    Raises
    ------
    ScenarioError, UsageError, SimulationError, RunError
    """
    from tissue_sim.analysis.run import open_run

    simulation = Simulation.from_scenario(
        scenario, short=short, overrides=overrides, seed=seed, allow_code=allow_code
    )
    folder = Path(output) if output is not None else numbered_folder(Path(scenario).stem)
    return open_run(run_to_folder(simulation, folder, overwrite=overwrite).folder)


def run_to_folder(
    simulation: Simulation,
    folder: Path,
    *,
    overwrite: bool = False,
    resume: bool = False,
    command: Sequence[str] = (),
    each_step: Callable[[Simulation], Any] | None = None,
) -> Outcome:
    """Step a simulation to its end and record it.

    What was recorded stays readable whatever happens; an interruption (`Simulation.interrupted`) and the end
    also leave a checkpoint to resume from.
    """
    recorder: Recorder | None = None
    if resume:
        recorder = Recorder.reopen(folder, simulation.last_scheduled_record())
    else:
        claim_folder(folder, overwrite=overwrite)
    try:
        for snapshot in simulation.advance(each_step):
            if recorder is None:
                recorder = _begin(simulation, folder, snapshot, command)
            elif snapshot.time > recorder.last_time:
                recorder.write(snapshot)
        assert recorder is not None
        outcome = _outcome(simulation, folder)
        _write_checkpoint(simulation, folder)
        recorder.write_summary(outcome.timings, outcome.counters)
        return outcome
    finally:
        if recorder is not None:
            recorder.close()


def _begin(simulation: Simulation, folder: Path, first: Snapshot, command: Sequence[str]) -> Recorder:
    scenario = simulation.scenario
    header = RunHeader(
        scenario_text=scenario.text,
        scenario_resolved=scenario.to_yaml(),
        seed=scenario.settings.seed,
        title=scenario.settings.title,
        domain=scenario.domain,
        files=scenario.files,
        versions=package_versions(),
        machine=machine_description(),
        command=tuple(command),
        started=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
    return Recorder.create(folder, header, first, scenario.settings.record)


def _outcome(simulation: Simulation, folder: Path) -> Outcome:
    tissue = simulation.tissue
    status = "stopped" if simulation.stopped else "finished" if simulation.finished else "interrupted"
    counters: dict[str, int] = {}
    for process in tissue.processes:
        counters.update(process.counters())
    size = tissue.population.size
    return Outcome(folder, status, tissue.clock.time, size, dict(tissue.timings), counters)


def _write_checkpoint(simulation: Simulation, folder: Path) -> None:
    tissue = simulation.tissue
    metadata = {
        "time": tissue.clock.time,
        "tick": tissue.clock.tick,
        "stopped": simulation.stopped,
        "versions": package_versions(),
    }
    path = folder / CHECKPOINTS / f"{tissue.clock.tick:012d}.h5"
    path.parent.mkdir(exist_ok=True)
    write_checkpoint(path, simulation.state(), metadata)
    for older in path.parent.glob("*.h5"):
        if older != path:
            older.unlink()


def reopen_simulation(folder: Path, *, overrides: Sequence[str] = (), allow_code: bool = False) -> Simulation:
    """Return the simulation of a run, in the state of its newest checkpoint.

    Parameters
    ----------
    folder : Path
        Folder of the run.
    overrides : sequence of str
        ``duration=...`` and ``stop_when=...`` may be changed; anything else is another experiment.

    Raises
    ------
    RunError
        If there is no checkpoint, or it is of a version whose state was another.
    UsageError
        If something else is to be changed.
    """
    from tissue_sim.analysis.run import open_run
    from tissue_sim.scenario.scenario import load_scenario_text

    for override in overrides:
        if override.partition("=")[0].strip() not in ("duration", "stop_when"):
            raise UsageError(
                f"--set {override}: a run goes on as it began, only duration and stop_when may change; "
                "start a new run for anything else"
            )
    path = latest_checkpoint(folder / CHECKPOINTS)
    if path is None:
        raise RunError(f"{folder} holds no checkpoint to resume from; run the scenario again")
    with open_run(folder) as recorded:
        header = recorded.header
    scenario = load_scenario_text(
        header.scenario_resolved, folder, files=dict(header.files), overrides=overrides
    )
    simulation = Simulation(scenario, allow_code=allow_code)
    state, metadata = read_checkpoint(path)
    versions, before = package_versions(), metadata.get("versions", {})
    changed = [name for name, version in versions.items() if before.get(name) != version]
    if changed:
        sys.stderr.write(
            f"tissue-sim: {', '.join(changed)} changed since the checkpoint; the last bits may differ\n"
        )
    try:
        _restore(simulation, state)
    except (LookupError, ValueError, TypeError) as error:
        raise RunError(
            f"{path} does not hold the state that this tissue-sim expects ({_reason(error)}); it was written "
            f"by tissue-sim {before.get('tissue_sim', 'unknown')}, this is {versions['tissue_sim']}: resume "
            "with the version that wrote it, or run the scenario again (what is recorded stays readable)"
        ) from error
    # Where `stop_when` ended the run it stays ended, unless that is what is changed.
    changed_stop = any(override.partition("=")[0].strip() == "stop_when" for override in overrides)
    simulation.stopped = bool(metadata.get("stopped", False)) and not changed_stop
    return simulation


def _restore(simulation: Simulation, state: Mapping[str, np.ndarray]) -> None:
    """Restore a state; what it holds too much or in another form would be lost silently, so it is refused."""
    simulation.restore(state)
    taken = simulation.state()
    for name in sorted({*state, *taken}):
        if name not in taken:
            raise ValueError(f"'{name}' is not known")
        if name not in state:
            raise ValueError(f"'{name}' is missing")
        if taken[name].shape != state[name].shape:
            raise ValueError(f"'{name}' has the shape {state[name].shape}, not {taken[name].shape}")


def _reason(error: Exception) -> str:
    """Return what is wrong with a state: a missing array is a KeyError of its name."""
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
