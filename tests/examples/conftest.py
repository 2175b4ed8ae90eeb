"""The examples, loaded as a user loads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tissue_sim.simulation import Simulation

EXAMPLES = Path(__file__).parents[2] / "examples"


def simulation_of(name: str, *overrides: str, seed: int | None = None, short: bool = False) -> Simulation:
    return Simulation.from_scenario(
        EXAMPLES / f"{name}.yaml", short=short, overrides=overrides, seed=seed, allow_code=True
    )


@pytest.fixture(scope="session")
def example():
    """The function `simulation_of`."""
    return simulation_of


@pytest.fixture(scope="session")
def finished():
    """As `simulation_of`, run to its end."""

    def run(name: str, *overrides: str, seed: int | None = None, short: bool = False) -> Simulation:
        simulation = simulation_of(name, *overrides, seed=seed, short=short)
        for _ in simulation:
            pass
        return simulation

    return run
