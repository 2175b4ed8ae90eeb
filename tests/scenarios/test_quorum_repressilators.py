"""Synchronisation by quorum sensing (Garcia-Ojalvo, Elowitz and Strogatz 2004) against one large integration.

The order is R = (<M^2> - <M>^2)/mean_i(<b_i^2> - <b_i>^2), M the mean of b over the cells, <> over time: 1
for cells in step, about 1/N for cells on their own. The same cells (their own beta and initial values) are
integrated by scipy as one system with a well stirred fluid.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tissue_sim.simulation import Simulation

SCENARIO = Path(__file__).parents[2] / "scenarios" / "quorum_repressilators.yaml"
SPECIES = ("a", "b", "c", "A", "B", "C", "S")
PHI, ETA, DECAY = 2.0, 2.0, 4.0 / 9.0
WITHOUT = "cell_types.bacterium.exchange.AI.membrane.permeability=0"


def order(b: np.ndarray) -> float:
    """R of b(time, cell)."""
    return float(b.mean(axis=1).var() / b.var(axis=0).mean())


@dataclass
class Clocks:
    """b at every minute, and the first values and beta of all cells."""

    b: np.ndarray
    first: dict[str, np.ndarray]
    simulation: Simulation

    @property
    def late(self) -> np.ndarray:
        return self.b[len(self.b) // 2 :]


def ran(*overrides: str, short: bool = True) -> Clocks:
    simulation = Simulation.from_scenario(SCENARIO, short=short, overrides=overrides)
    simulation.place_cells()
    first = {name: simulation.tissue.quantities.value(f"network.clock.{name}") for name in (*SPECIES, "beta")}
    b = np.array([snapshot.columns["clock__b"].values for snapshot in simulation])
    return Clocks(b, first, simulation)


def integrated(clocks: Clocks, permeability: float = ETA) -> np.ndarray:
    """b of the same cells, integrated as one system."""
    number, beta = len(clocks.first["a"]), clocks.first["beta"]

    def rates(time: float, y: np.ndarray) -> np.ndarray:
        a, b, c, A, B, C, S = y[:-1].reshape(7, number)
        fluid = y[-1]
        return np.concatenate(
            [
                216.0 / (1.0 + C**2) - a,
                216.0 / (1.0 + A**2) - b,
                216.0 / (1.0 + B**2) - c + 20.0 * S / (1.0 + S),
                beta * (a - A),
                beta * (b - B),
                beta * (c - C),
                0.01 * A - S - permeability * (S - fluid),
                [PHI * permeability * (S.mean() - fluid) - DECAY * fluid],
            ]
        )

    start = np.concatenate([*(clocks.first[name] for name in SPECIES), [0.0]])
    end = len(clocks.b) - 1.0
    solution = solve_ivp(rates, (0.0, end), start, t_eval=np.arange(end + 1.0), rtol=1e-8, atol=1e-8)
    return solution.y[number : 2 * number].T


@pytest.fixture(scope="module")
def coupled() -> Clocks:
    return ran()


@pytest.fixture(scope="module")
def alone() -> Clocks:
    return ran(WITHOUT)


def test_the_fluid_is_as_much_as_the_comment_says(coupled):
    tissue = coupled.simulation.tissue
    fluid = tissue.domain.grid.voxel_volume * tissue.fields["AI"].size
    assert tissue.population["volume"].sum() / fluid == pytest.approx(PHI)
    assert np.std(coupled.first["beta"]) == pytest.approx(0.05, rel=0.15)


def test_coupled_cells_come_into_step(coupled):
    assert order(coupled.b[:60]) < 0.5
    assert order(coupled.late) > 0.80


def test_cells_on_their_own_stay_out_of_step(alone):
    number = alone.b.shape[1]
    assert order(alone.late) < 8.0 / number


def test_the_tissue_is_the_well_stirred_system(coupled):
    reference = integrated(coupled)
    half = len(reference) // 2
    assert order(coupled.late) == pytest.approx(order(reference[half:]), abs=0.005)
    mean, expected = coupled.b.mean(axis=1), reference.mean(axis=1)
    # Network and membrane take turns, and the fluid is not stirred at infinite speed: 20 periods add it up.
    assert np.abs(mean - expected).max() < 0.05 * np.ptp(expected[half:])


def test_taking_turns_is_second_order_for_the_genes():
    # Exact steps of network and membrane, one after the other, are second order but for a shift of half a
    # step in what both change, S; b they do not share.
    means = []
    for step in (0.2, 0.1, 0.05):
        clocks = ran(f"steps.signals={step} min", f"steps.network={step} min", "duration=60 min")
        means.append(clocks.b.mean(axis=1))
    differences = [np.abs(coarse - fine).max() for coarse, fine in pairwise(means)]
    assert np.log2(differences[0] / differences[1]) == pytest.approx(2.0, abs=0.15)


def test_the_books_of_AI_close(coupled, alone):
    for clocks in (coupled, alone):
        tissue = clocks.simulation.tissue
        (ledger,) = [process.ledger()["AI"] for process in tissue.processes if hasattr(process, "ledger")]
        flows = {line: amount for line, amount in ledger.items() if line not in ("initial", "field")}
        turnover = sum(abs(amount) for amount in flows.values())
        assert ledger["initial"] + sum(flows.values()) == pytest.approx(ledger["field"], abs=1e-10 * turnover)
        assert abs(ledger["unsolved"]) <= 1e-6 * turnover
        passed = [line for line, amount in flows.items() if abs(amount) > 1e-6 * turnover]
        assert passed == (["membrane", "decay"] if clocks is coupled else [])
    assert not alone.simulation.tissue.fields["AI"].any()


@pytest.mark.slow
def test_the_whole_colony():
    coupled, alone = ran(short=False), ran(WITHOUT, short=False)
    reference = integrated(coupled)
    half = len(reference) // 2
    assert order(coupled.late) == pytest.approx(order(reference[half:]), abs=0.002)
    assert order(coupled.late) > 0.87
    assert order(alone.late) < 8.0 / 1024
