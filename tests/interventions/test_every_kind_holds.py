"""Every kind of network holds a species, lets it go, and makes it at another speed or says why it cannot.

A new kind needs an entry in `SAMPLES`: species A and B, B made from A, with what theory says of their means.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pytest

from tissue_sim.errors import SettingsError
from tissue_sim.network.kind import Draws, Kind, kinds
from tissue_sim.network.model import NetworkModel
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.tissue.distributions import Distribution

CELLS = 1200
HELD, AFTER = 5.0, 3.0
"""Time for which A is held, and time from then on."""
FACTOR = 0.25
FREE, OUT, CLAMPED, SLOWER = (np.arange(k, CELLS, 4) for k in range(4))
"""Rows left alone; knocked out; clamped; knocked out, and then made at `FACTOR`."""
EVERY_KIND = pytest.mark.parametrize("name", kinds())


@dataclass(frozen=True)
class Sample:
    """A network of A and B.

    Attributes
    ----------
    first : (A, B)
        A is where it stays if nothing is done.
    clamp : float
        What A is clamped to.
    follows : function of (A, time)
        The mean of B while A is held.
    returns : function of (factor, time)
        The mean of A from 0 on.
    allowed : float
        Differences of means, by chance and by the method's own error.
    refused : str
        Why the production of A has no factor.
    """

    source: str
    text: str
    first: tuple[float, float]
    clamp: float
    follows: Callable[[float, float], float]
    returns: Callable[[float, float], float]
    allowed: float
    period: float | None = None
    refused: str = ""

    def model(self) -> NetworkModel:
        initial = dict(zip("AB", map(Distribution.fixed, self.first), strict=True))
        return replace(
            readers()[self.source].read(self.text.encode(), "net", Given({}, initial)), period=self.period
        )


REACTIONS = Sample(
    "equations",
    "-> A @ 10\nA -> B @ 0.5*A\nB -> @ 0.5*B",
    (20.0, 5.0),
    7.0,
    lambda a, t: a + (5.0 - a) * math.exp(-0.5 * t),
    lambda f, t: 20.0 * f * (1.0 - math.exp(-0.5 * t)),
    1.0,
)
NODES = Sample(
    "bnet",
    "A, 1\nB, A",
    (1.0, 1.0),
    1.0,
    lambda a, t: 1.0 if a else math.exp(-t),
    lambda f, t: 1.0 - math.exp(-f * t),
    0.1,
)
NO_RATE = "'A' has no rate to scale in a network of method {}; use knockout or clamp"
SAMPLES = {
    "ode": replace(REACTIONS, allowed=1e-4),
    "gillespie": REACTIONS,
    "tau_leaping": REACTIONS,
    "chemical_langevin": REACTIONS,
    "boolean_continuous": NODES,
    "boolean_synchronous": replace(
        NODES, follows=lambda a, _: a, returns=lambda _, __: 1.0, allowed=0.0, refused=NO_RATE
    ),
    "boolean_asynchronous": replace(  # two updates per unit of time, each of one of two nodes
        NODES, follows=lambda a, t: 1.0 if a else 0.25**t, returns=lambda _, t: 1.0 - 0.25**t, refused=NO_RATE
    ),
    "map": Sample(
        "equations",  # next values
        "A' = 0.5*A + 10\nB' = 0.6*B + 0.2*A",
        (20.0, 5.0),
        7.0,
        lambda a, t: 0.5 * a + (5.0 - 0.5 * a) * 0.6**t,
        lambda f, t: 10.0 * f * (1.0 - (0.5 * f) ** t) / (1.0 - 0.5 * f),
        1e-12,
        period=1.0,
    ),
}


@lru_cache(maxsize=len(SAMPLES))
def kind_of(name: str) -> Kind:
    assert name in SAMPLES, f"method {name} is new: give it a small model in SAMPLES"
    model = SAMPLES[name].model()
    kinds()[name].check(model)
    scaled = [] if SAMPLES[name].refused else ["A"]
    return kinds()[name](kinds()[name].with_holds(model, ["A"], scaled), ToleranceSettings(), 0)


class Rows:
    """Rows of one kind, one per cell."""

    def __init__(self, kind: Kind) -> None:
        self.kind, self.time = kind, 0.0
        self.values, self.places = np.zeros((CELLS, len(kind.names))), np.arange(CELLS)
        kind.start(
            self.values, self.places, self.places + 1, key=np.uint64(1), tick=0, time=0.0, inputs={}
        )  # fmt: skip

    def __getitem__(self, name: str) -> np.ndarray:
        return self.values[:, self.kind.names.index(name)]

    def hold(self, rows: np.ndarray, value: float = math.nan, factor: float = 1.0) -> None:
        self.kind.hold(self.values, rows, "A", np.full(len(rows), value), np.full(len(rows), factor))
        self.kind.changed(self.values, rows, self.time)

    def advance(self, duration: float) -> None:
        codes = self.kind.advance(
            self.values, self.places, start=self.time, duration=duration, inputs={},
            draws=Draws(np.uint64(1), self.places + 1, int(self.time)),
        )  # fmt: skip
        assert not codes.any()
        self.time += duration


@EVERY_KIND
def test_a_species_is_held_let_go_and_made_at_another_speed(name):
    sample, rows = SAMPLES[name], Rows(kind_of(name))
    rows.hold(OUT, 0.0)
    rows.hold(SLOWER, 0.0)
    rows.hold(CLAMPED, sample.clamp)
    for _ in range(int(HELD)):
        rows.advance(1.0)
        assert (rows["A"][np.r_[OUT, SLOWER]] == 0.0).all()
        assert (rows["A"][CLAMPED] == sample.clamp).all()
    assert rows["A"][FREE].mean() == pytest.approx(sample.first[0], abs=sample.allowed)
    for group, held in ((OUT, 0.0), (SLOWER, 0.0), (CLAMPED, sample.clamp)):
        expected = sample.follows(held, HELD)
        assert rows["B"][group].mean() == pytest.approx(expected, abs=sample.allowed)
    rows.hold(OUT)
    rows.hold(SLOWER, factor=1.0 if sample.refused else FACTOR)
    rows.hold(CLAMPED)
    rows.advance(AFTER)
    for group, factor in ((OUT, 1.0), (SLOWER, 1.0 if sample.refused else FACTOR)):
        expected = sample.returns(factor, AFTER)
        assert rows["A"][group].mean() == pytest.approx(expected, abs=sample.allowed)


@EVERY_KIND
def test_a_kind_without_a_speed_says_so_by_name(name):
    if SAMPLES[name].refused:
        with pytest.raises(SettingsError, match=SAMPLES[name].refused.format(name)):
            kinds()[name].with_holds(SAMPLES[name].model(), [], ["A"])
    else:
        model = kinds()[name].with_holds(SAMPLES[name].model(), [], ["A"])
        assert "A__factor" in model.parameter_names
        assert "A__free" not in model.parameter_names


def test_samples_are_of_kinds_that_there_are():
    assert set(SAMPLES) == set(kinds())
