"""Every kind of network holds a species that is knocked out, or refuses by name to do so."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.codegen.parser import parse_expression
from tissue_sim.codegen.syntax import Number
from tissue_sim.errors import SettingsError
from tissue_sim.network.kind import Draws, kinds
from tissue_sim.network.model import NetworkModel, Parameter, Reaction, Species
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.tissue.distributions import Distribution

CELLS, STEPS = 200, 5


def fixed(value: float) -> Distribution:
    return Distribution("fixed", (value,))


def reaction(name: str, rate: str, **changes: float) -> Reaction:
    counts = tuple((species, Number(float(change))) for species, change in changes.items())
    return Reaction(name, parse_expression(rate), counts)


MODEL = NetworkModel(
    "birth_and_death",
    species=(Species("A", fixed(20.0), amount=True), Species("B", fixed(5.0), amount=True)),
    parameters=(Parameter("k", fixed(10.0)), Parameter("d", fixed(0.5))),
    reactions=(
        reaction("birth", "k", A=1),
        reaction("death", "d*A", A=-1),
        reaction("make", "d*A", B=1),
        reaction("loss", "d*B", B=-1),
    ),
)


@pytest.mark.parametrize("name", kinds())
def test_a_knocked_out_species_stays_at_zero(name):
    try:
        kinds()[name].check(MODEL)
        model = kinds()[name].with_holds(MODEL, ["A"], [])
    except SettingsError as error:
        pytest.skip(f"refused: {error.message}")
    kind = kinds()[name](model, ToleranceSettings(), 0)
    values, places = np.zeros((CELLS, len(kind.names))), np.arange(CELLS)
    kind.start(values, places, places + 1, key=np.uint64(1), tick=0, time=0.0, inputs={})
    out = places[::2]
    held, a, b = np.zeros(len(out)), kind.names.index("A"), kind.names.index("B")
    kind.hold(values, out, "A", held, np.ones(len(out)))
    kind.changed(values, out, 0.0)
    for step in range(STEPS):
        codes = kind.advance(
            values, places, start=float(step), duration=1.0, inputs={},
            draws=Draws(np.uint64(1), places + 1, step),
        )  # fmt: skip
        assert not codes.any()
        assert (values[out, a] == 0.0).all()
    assert abs(values[out, b].mean() - 5.0 * np.exp(-0.5 * STEPS)) < 0.3
    assert abs(values[1::2, a].mean() - 20.0) < 2.0
    kind.hold(values, out, "A", held + np.nan, np.ones(len(out)))
    kind.changed(values, out, float(STEPS))
    kind.advance(
        values, places, start=float(STEPS), duration=10.0, inputs={},
        draws=Draws(np.uint64(1), places + 1, STEPS),
    )  # fmt: skip
    assert abs(values[out, a].mean() - 20.0) < 2.0
