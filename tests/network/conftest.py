"""Small networks that several tests share; few different ones, because each is compiled."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

from tissue_sim.network.model import NetworkModel
from tissue_sim.network.reader import Given, readers
from tissue_sim.tissue.distributions import parse_distribution

MIXED = """
x' = v                  # oscillator, exact: cos, -sin
v' = -w^2*x
d' = -k*d               # decay into c: d + c stays
c' = k*d
double = 2*d + push     # assigned
"""


def network_of(
    equations: str,
    parameters: Mapping[str, float | str] | None = None,
    initial: Mapping[str, float | str] | None = None,
    inputs: tuple[str, ...] = (),
    shared: Mapping[str, float] | None = None,
) -> NetworkModel:
    given = Given(
        {name: parse_distribution(value) for name, value in (parameters or {}).items()},
        {name: parse_distribution(value) for name, value in (initial or {}).items()},
        inputs,
        shared or {},
    )
    return readers()["equations"].read(equations.encode(), "net", given)


@pytest.fixture
def make_network():
    return network_of


@pytest.fixture
def mixed() -> NetworkModel:
    return network_of(
        MIXED,
        {"w": 1.5, "k": "uniform(0.1, 0.9)"},
        {"x": 1, "v": 0, "d": 3, "c": 0.5},
        ("push",),
    )


@pytest.fixture(scope="session")
def models() -> ModuleType:
    """Return the module of networks with events."""
    path = Path(__file__).with_name("event_models.py")
    spec = importlib.util.spec_from_file_location("event_models", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
