from __future__ import annotations

import json

import numpy as np
import pytest

from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.simulation import Simulation

# Few texts of reactions are used in many tests: each is compiled once.
BINDING = ("bind: drug + receptor <-> complex @ k_on*drug*receptor, k_off*complex",)
TURNOVER = ("u' = made - k*u",)


class Reacting:
    """A tissue without cells whose signals react."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.process = next(each for each in simulation.tissue.processes if each.name == "signals")

    def until(self, time: float) -> Reacting:
        while self.simulation.tissue.clock.time < time - 1e-9:
            self.simulation.step()
        self.simulation.tissue.apply_due()
        return self

    def field(self, name: str) -> np.ndarray:
        return self.simulation.tissue.fields[name]

    def line(self, name: str) -> np.ndarray:
        return self.field(name)[0, 0].copy()

    def assert_books_close(self, relative: float = 1e-10) -> None:
        for name, lines in self.process.ledger().items():
            total = sum(value for line, value in lines.items() if line != "field")
            scale = max(abs(value) for value in lines.values())
            assert abs(lines["field"] - total) <= relative * scale, (name, lines)


def _text(
    reactions,
    signals,
    *,
    size=(40,),
    spacing=1,
    boundary="wall",
    dt=0.1,
    parameters=None,
    duration=1e4,
    **more,
):
    tree = {
        "tissue_sim": 1,
        "duration": f"{duration} min",
        "steps": {"signals": f"{dt} min", "lifecycle": f"{dt} min"},
        "parameters": parameters or {},
        "domain": {"size": list(size), "spacing": spacing, "boundary": boundary},
        "signals": signals,
        "reactions": "\n".join(reactions),
        "cell_types": {"a": {"mechanics": "none"}},
        **more,
    }
    return json.dumps(tree)


def _react(*given, **options) -> Reacting:
    return Reacting(Simulation(load_scenario_text(_text(*given, **options), name="s.yaml")))


@pytest.fixture(scope="session")
def react():
    """react(reactions, signals, size=, spacing=, boundary=, dt=, parameters=, **keys of the scenario)."""
    return _react


@pytest.fixture(scope="session")
def bind():
    """bind(signals, k_on=, k_off=, **options): drug + receptor <-> complex, signals in this order."""

    def made(signals, *, k_on=0.4, k_off=0.2, **options) -> Reacting:
        assert list(signals) == ["drug", "receptor", "complex"]
        return _react(BINDING, signals, parameters={"k_on": k_on, "k_off": k_off}, **options)

    return made


@pytest.fixture(scope="session")
def turn_over():
    """turn_over(signal, made=, k=, **options): u' = made - k*u."""

    def run(signal, *, made=0.0, k=0.0, **options) -> Reacting:
        return _react(TURNOVER, {"u": signal}, parameters={"made": made, "k": k}, **options)

    return run


@pytest.fixture(scope="session")
def text_of():
    return _text
