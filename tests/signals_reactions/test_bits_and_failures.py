"""The same bits on any number of threads and after a break; what is set; what fails."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.codegen.network_kernels import OdeKernels
from tissue_sim.errors import SimulationError
from tissue_sim.kernels.threads import most_threads, use_threads
from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.simulation import Simulation

# Stiff in some voxels and not in others, a driven signal among them, a parameter that is set.
RATES = ["fast = if(x > 5, 1e5, k)", "a + b <-> c @ fast*a*b, 0.1*c", "a' = 0.2*sin(time) + 0.2"]
SIGNALS = {
    "a": {"diffusion": 50, "initial": "2 + sin(x) + cos(y)", "boundary": {"x_min": {"value": 1}}},
    "b": {"diffusion": 5, "initial": 2},
    "c": {"diffusion": 5},
}
MORE = {
    "parameters": {"k": 0.5},
    "interventions": [{"at": "1.5 min", "for": "1 min", "set": {"parameters.k": 4}}],
    "dt": 0.5,
    "size": (40, 20),
    "spacing": 2,
}


def ended(text, *, broken=False) -> dict[str, np.ndarray]:
    simulation = Simulation(load_scenario_text(text, name="s.yaml"))
    for step in range(8):
        if broken and step in (3, 5):
            state = simulation.state()
            simulation = Simulation(load_scenario_text(text, name="s.yaml"))
            simulation.restore(state)
        simulation.step()
    return simulation.state()


def assert_same(one, other):
    assert one.keys() == other.keys()
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)


def test_bits_do_not_depend_on_threads_or_breaks(text_of):
    assert most_threads() > 1, "this test needs NUMBA_NUM_THREADS of 2 or more"
    text = text_of(RATES, SIGNALS, **MORE)
    reference = ended(text)
    steps, stiff = next(each for name, each in reference.items() if name.endswith("reactions")).T
    assert 0 < stiff.sum() < len(stiff)
    assert len(np.unique(steps)) > 100
    use_threads(1)
    try:
        assert_same(ended(text), reference)
    finally:
        use_threads(most_threads())
    assert_same(ended(text, broken=True), reference)


def test_a_parameter_that_is_set_counts_from_then_on(turn_over):
    pulse = [{"at": "2 min", "for": "3 min", "set": {"parameters.k": 0.5}}]
    run = turn_over({"diffusion": 1, "initial": 1}, interventions=pulse).until(8.0)
    np.testing.assert_allclose(run.line("u"), np.exp(-1.5), rtol=1e-7)


def test_a_drug_pulse_at_the_boundary_binds_and_leaves(bind):
    signals = {
        "drug": {"diffusion": 500, "boundary": {"x_min": {"value": 0}}},
        "receptor": {"diffusion": 0, "initial": 1},
        "complex": {"diffusion": 0},
    }
    pulse = [{"at": "1 min", "for": "4 min", "set": {"signals.drug.boundary.x_min.value": 3}}]
    run = bind(signals, k_on=0.5, k_off=0, interventions=pulse).until(1.0)
    assert not run.line("drug").any()
    bound = run.until(5.0).line("complex").sum()
    end = run.until(60.0).line("complex")
    assert 0.1 * len(end) < bound < end.sum()
    assert run.line("drug").max() < 1e-3
    assert (np.diff(end) < 0.0).all()
    run.assert_books_close()
    books = run.process.ledger()
    assert books["drug"]["reactions"] == pytest.approx(-books["complex"]["field"], rel=1e-10)


def test_cells_and_reactions_share_a_signal(turn_over):
    # In the end the cell takes up what reactions make, whatever the step.
    cells = {
        "cell_types": {"a": {"mechanics": "none", "volume": 8, "exchange": {"u": {"uptake": 2}}}},
        "initial": [{"type": "a", "point": [0.5]}],
    }
    run = turn_over({"diffusion": 1000}, made=0.1, dt=0.5, **cells).until(60.0)
    books = run.process.ledger()["u"]
    run.assert_books_close()
    assert books["reactions"] == pytest.approx(0.1 * 40 * 60.0, rel=1e-10)
    # uptake * volume fraction * u
    assert 2.0 * 8.0 * run.line("u")[20] == pytest.approx(0.1 * 40, rel=1e-6)


UPTAKES = [
    {"uptake": 50},
    {"uptake": {"max": 40, "half": 0.5}},
    {"uptake": {"max": 40, "half": 0}},
    {"secretion": 20, "saturation": 3, "export": -20},
]


@pytest.mark.parametrize("exchange", UPTAKES)
@pytest.mark.parametrize("dt", [0.05, 2.0])
def test_strong_exchange_and_reactions_stay_positive_and_close_their_books(react, exchange, dt):
    cells = {
        "cell_types": {"a": {"mechanics": "none", "volume": 8, "exchange": {"u": exchange}}},
        "initial": [{"type": "a", "points": [[-10.5], [0.5], [1.5]]}],
    }
    signals = {"u": {"diffusion": 20, "initial": "if(x > 0, 2, 0)"}, "w": {"diffusion": 1, "initial": 1}}
    run = react(["u + w -> @ 30*u*w", "-> w @ 0.5", "-> u @ 0.3*w"], signals, dt=dt, **cells)
    for _ in range(6):
        run.simulation.step()
        assert min(run.line("u").min(), run.line("w").min()) >= 0.0
    run.assert_books_close()


@pytest.mark.parametrize("grows", [0, 1])
def test_a_failure_names_signal_voxel_and_time(react, grows):
    signals = {"w": {"diffusion": 1}, "u": {"diffusion": 0, "initial": 1}}
    # Without end after 1 min, or without a value from the start.
    rates = ["w' = 1", "u' = if(abs(x - 4.5) < 0.1, if(grows > 0, u^2, 1/(u - 1)), 0)"]
    run = react(rates, signals, dt=0.5, parameters={"grows": grows})
    with pytest.raises(SimulationError, match="no longer finite numbers") as caught:
        run.until(10.0)
    text = str(caught.value)
    assert f"process signals, time {grows} min, signal u: the reactions cannot be integrated in voxel" in text
    assert "in voxel (z, y, x) = (0, 0, 24), centre (4.5, 0, 0) um" in text
    assert "check the rates" in text


def test_a_failure_ends_the_step_before_all_voxels_were_tried(turn_over, monkeypatch):
    tried = []

    def counted(kernels, values, places, *more):
        tried.append(len(places))
        return advance(kernels, values, places, *more)

    advance = OdeKernels.advance
    monkeypatch.setattr(OdeKernels, "advance", counted)
    signal = {"diffusion": 0, "initial": 5}
    run = turn_over(signal, made=1e308, k=-1e308, size=(5000,), dt=0.5)
    with pytest.raises(SimulationError, match=r"voxel \(z, y, x\) = \(0, 0, 0\)"):
        run.simulation.step()
    assert sum(tried) <= 64


def test_a_face_that_opens_and_closes_during_the_run(bind):
    signals = {
        "drug": {"diffusion": 500, "initial": 1},
        "receptor": {"diffusion": 0, "initial": 2},
        "complex": {"diffusion": 0},
    }
    opening = [{"at": "1 min", "for": "2 min", "set": {"signals.drug.boundary": {"x_min": {"value": 5}}}}]
    run = bind(signals, interventions=opening).until(1.0)

    def total() -> float:
        return float(run.line("drug").sum() + run.line("complex").sum())

    assert total() == pytest.approx(40.0, rel=1e-10)
    run.until(3.0)
    books = run.process.ledger()
    assert books["drug"]["x_min"] > 40.0
    assert books["drug"]["reactions"] == pytest.approx(-books["complex"]["reactions"], rel=1e-10)
    held = total()
    assert held == pytest.approx(40.0 + books["drug"]["x_min"], rel=1e-10)
    run.until(30.0)
    assert total() == pytest.approx(held, rel=1e-10)
    free, bound = run.line("drug"), run.line("complex")
    np.testing.assert_allclose(free * (2.0 - bound) / bound, 0.5, rtol=1e-3)


def test_the_books_of_a_run_stand_in_its_file_and_close_at_every_snapshot(text_of, tmp_path):
    import tissue_sim
    from tissue_sim.analysis.info import closure_of, info

    path = tmp_path / "binding.yaml"
    options = {**MORE, "duration": 4, "record": {"every": "0.5 min"}}
    path.write_text(text_of(RATES, SIGNALS, **options))
    tissue_sim.run(path, output=tmp_path / "run")
    run = tissue_sim.open_run(tmp_path / "run")
    for name in SIGNALS:
        books = run.ledger(name)
        assert len(books) == 9
        assert all(closure_of(books.iloc[: number + 1]) < 1e-10 for number in range(9))
        assert (books["reactions"].iloc[1:] != 0.0).all()
    assert "reactions" in info(run)
    assert "voxels with stiff reactions" in info(run)
