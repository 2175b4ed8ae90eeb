"""Networks from equations, and from reference files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tissue_sim.network.model import NetworkModel
from tissue_sim.network.reader import Given, readers
from tissue_sim.tissue.distributions import parse_distribution


def network_of(
    equations: str,
    parameters: Mapping[str, float | str] | None = None,
    initial: Mapping[str, float | str] | None = None,
    inputs: tuple[str, ...] = (),
) -> NetworkModel:
    given = Given(
        {name: parse_distribution(value) for name, value in (parameters or {}).items()},
        {name: parse_distribution(value) for name, value in (initial or {}).items()},
        inputs,
    )
    return readers()["equations"].read(equations.encode(), "net", given)


@pytest.fixture
def make_network():
    return network_of


@pytest.fixture
def biomodel(ground_truth: Path):
    """Reads one of the published models by its number."""
    pytest.importorskip("libsbml")

    def read(number: str) -> NetworkModel:
        file = ground_truth / "biomodels" / f"BIOMD0000000{number}.xml"
        return readers()["sbml"].read(file.read_bytes(), file.name, Given())

    return read
