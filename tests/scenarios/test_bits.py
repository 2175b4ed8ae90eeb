"""Same scenario and seed, same bits: any threads, any recording interval, any interruption."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from tissue_sim.kernels.threads import most_threads, use_threads
from tissue_sim.simulation import Simulation

ROOT = Path(__file__).parents[2]
# Nothing in them is drawn, so that the seed must not matter.
DETERMINISTIC = {
    "unit_3_diffusion_one_sink",
    "unit_4_diffusion_thousand_sinks",
    "unit_5_friction",
    "unit_6_pushing",
    "unit_7_chemotaxis",
    "confluent",
}
FOLDERS = ("scenarios", "scenarios/permedcoe", "examples", "benchmarks")
SCENARIOS = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.yaml"))]


def digests(state: dict[str, np.ndarray]) -> dict[str, str]:
    """Hash of every array of a state."""
    return {
        name: hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()
        for name, values in state.items()
    }


def simulation_of(path: Path, *overrides: str) -> Simulation:
    return Simulation.from_scenario(path, short=True, overrides=overrides, allow_code=True)


def ran(simulation: Simulation, steps: int | None = None) -> dict[str, str]:
    """Digests of the state at the end, or after so many steps."""
    if steps is None:
        for _ in simulation:
            pass
    else:
        for _ in range(steps):
            simulation.step()
    simulation.tissue.apply_due()
    return digests(simulation.state())


@pytest.fixture(scope="module", params=SCENARIOS, ids=lambda path: path.stem)
def reference(request):
    """A scenario and the digests of its end."""
    return request.param, ran(simulation_of(request.param))


def test_something_happens(reference):
    path, end = reference
    simulation = simulation_of(path)
    start = digests(simulation.state())
    assert sum(start[name] != end[name] for name in start) > 2


def test_one_thread(reference):
    path, end = reference
    assert most_threads() > 1, "this test needs NUMBA_NUM_THREADS of 2 or more"
    use_threads(1)
    try:
        assert ran(simulation_of(path)) == end
    finally:
        use_threads(most_threads())


def test_other_recording_interval(reference):
    path, end = reference
    assert ran(simulation_of(path, "record.every=7 min")) == end


def test_state_goes_on_in_a_new_simulation(reference):
    path, end = reference
    first = simulation_of(path)
    total = first.tissue.clock.ticks_of(first.scenario.settings.duration)
    # An odd place, in the middle of the longer steps, with requests pending.
    for _ in range(total // 2 + 1):
        first.step()
    state = first.state()
    second = simulation_of(path)
    second.restore(state)
    assert digests(second.state()) == digests(state)
    assert ran(second) == end


def test_the_seed_matters(reference):
    path, end = reference
    simulation = Simulation.from_scenario(path, short=True, seed=987654321, allow_code=True)
    assert (ran(simulation) == end) == (path.stem in DETERMINISTIC)
