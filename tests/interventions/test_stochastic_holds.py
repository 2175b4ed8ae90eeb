"""Species of stochastic networks that are held or made at another speed: exact values, laws of others."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from scipy import stats

from tissue_sim.codegen import stochastic_kernels
from tissue_sim.errors import SettingsError
from tissue_sim.network.kind import Draws, kinds
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.simulation import Simulation
from tissue_sim.tissue.distributions import parse_distribution

METHODS = ("gillespie", "tau_leaping", "chemical_langevin")
KEY = np.uint64(8)
LEAST_CHANCE = 1e-4
CELLS = 2400
FREE = float("nan")
GENE = "-> M @ k\nM -> @ M\nM -> M + P @ 20*M\nP -> @ P"
PARTS = "A -> B + C @ r*A\nU + U -> V @ 0.5*U*(U - 1)\nW -> V @ 0.5"


def network(text, parameters, initial, inputs=()):
    fixed = [{n: parse_distribution(v) for n, v in each.items()} for each in (parameters, initial)]
    return readers()["equations"].read(text.encode(), "net", Given(*fixed, inputs, {}))


def gene(method, held=("M",), scaled=("M",)):
    model = network(GENE, {"k": 30}, {"M": 30, "P": 600})
    return kinds()[method](kinds()[method].with_holds(model, held, scaled), ToleranceSettings(), 0)


def parts(method):
    model = network(PARTS, {"r": 0.7}, {"A": 1000, "B": 0, "C": 0, "U": 0, "V": 0, "W": 0})
    model = kinds()[method].with_holds(model, ["A", "U", "W"], ["B", "V"])
    return kinds()[method](model, ToleranceSettings(), 0)


def started(kind, cells=CELLS):
    values, places = np.zeros((cells, len(kind.names))), np.arange(cells)
    kind.start(values, places, places + 1, key=KEY, tick=0, time=0.0, inputs={})
    return values, places


def do(kind, values, places, species, value=FREE, factor=1.0):
    number = len(places)
    kind.hold(values, places, species, np.full(number, value), np.full(number, factor))
    kind.changed(values, places, 0.0)


def advance(kind, values, places, durations, *, inputs=None, batches=1):
    start = 0.0
    for tick, duration in enumerate(durations):
        for part in np.array_split(places, batches):
            codes = kind.advance(
                values, part, start=start, duration=duration,
                inputs={name: np.full(len(part), v) for name, v in (inputs or {}).items()},
                draws=Draws(KEY, part + 1, tick),
            )  # fmt: skip
            assert not codes.any()
        start += duration


def column(kind, values, name):
    return values[:, kind.names.index(name)]


def assert_poisson_moments(sample, mean, allowed=0.0):
    chance = 4.0 / np.sqrt(len(sample))
    assert abs(sample.mean() - mean) < (chance + allowed) * np.sqrt(mean)
    assert abs(sample.var() / mean - 1.0) < np.sqrt(2.0) * chance + allowed


def assert_law(sample, law):
    """A chi-squared test over edges that the law is wide."""
    edges = np.arange(int(law.ppf(0.002)), int(law.ppf(0.998)))
    observed = np.bincount(np.searchsorted(edges, sample), minlength=len(edges) + 1)
    expected = np.diff(np.concatenate([[0.0], law.cdf(edges), [1.0]])) * len(sample)
    assert stats.chisquare(observed, expected).pvalue > LEAST_CHANCE


@pytest.mark.parametrize("method", METHODS)
def test_a_clamped_species_stays_and_what_it_makes_follows_its_law(method):
    kind = gene(method)
    values, places = started(kind)
    do(kind, values, places[::2], "M", 7.0)
    for _ in range(2):
        advance(kind, values, places, [5.0])
        assert (column(kind, values, "M")[::2] == 7.0).all()
    allowed = 0.0 if method == "gillespie" else 0.03
    assert_poisson_moments(column(kind, values, "P")[::2], 140.0, allowed)
    if method == "gillespie":
        assert_law(column(kind, values, "P")[::2], stats.poisson(140.0))
    free = column(kind, values, "M")[1::2]
    assert abs(free.mean() - 30.0) < 0.03 * 5.5 + 4.0 * np.sqrt(30.0 / len(free))
    do(kind, values, places[::2], "M")
    advance(kind, values, places, [9.0])
    assert abs(column(kind, values, "M")[::2].mean() - 30.0) < 0.03 * 5.5 + 4.0 * np.sqrt(60.0 / CELLS)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("factor", [0.3, 4.0])
def test_a_factor_multiplies_production(method, factor):
    kind = gene(method)
    values, places = started(kind, 1500)
    do(kind, values, places, "M", factor=factor)
    advance(kind, values, places, [9.0])
    if method == "gillespie":
        assert_law(column(kind, values, "M"), stats.poisson(30.0 * factor))
    else:  # 9 molecules are too few for the Langevin equation's variance
        chance = 4.0 * np.sqrt(30.0 * factor / len(values))
        assert abs(column(kind, values, "M").mean() - 30.0 * factor) < 0.03 * 30.0 * factor + chance
    assert column(kind, values, "P").mean() == pytest.approx(600.0 * factor, rel=0.03)


@pytest.mark.slow
def test_networks_in_arrays_do_the_same(monkeypatch):
    ends = []
    for largest in (32, 0):
        monkeypatch.setattr(stochastic_kernels, "LARGEST_SCALAR", largest)
        kind = gene("gillespie")
        values, places = started(kind, 60)
        do(kind, values, places[::2], "M", 7.0)
        do(kind, values, places[1::2], "M", factor=0.5)
        advance(kind, values, places, [1.0, 1.0])
        ends.append(values.tolist())
    assert ends[0] == ends[1]


def test_trajectories_are_those_of_a_plain_loop():
    from tissue_sim.kernels.philox import uniform_pair
    from tissue_sim.random_numbers import Purpose

    kind = gene("gillespie")
    values, places = started(kind, 20)
    do(kind, values, places[:10], "M", 3.0)
    do(kind, values, places[10:], "M", factor=0.5)
    advance(kind, values, places, [1.0])
    for cell in range(20):
        m, p, k, free = (3, 600, 30.0, 0) if cell < 10 else (30, 600, 15.0, 1)
        time, draw = 0.0, 0
        while True:
            rates = np.array([k, m, 20.0 * m, p])
            u, v = uniform_pair(KEY, cell + 1, 0, int(Purpose.STOCHASTIC_NETWORK), draw)
            draw += 1
            time -= np.log(u) / rates.sum()
            if time >= 1.0:
                break
            happens = int(np.searchsorted(rates.cumsum(), v * rates.sum(), side="right"))
            change = [(free, 0), (-free, 0), (0, 1), (0, -1)][happens]
            m, p = m + change[0], p + change[1]
        assert values[cell, :2].tolist() == [m, p]


@pytest.mark.parametrize("method", METHODS)
def test_of_a_reaction_that_makes_two_the_other_is_made_as_before(method):
    """A -> B + C: each A decays with chance q; of those a B is made with the factor f as its chance."""
    kind = parts(method)
    values, places = started(kind)
    less, more = places[::2], places[1::2]
    do(kind, values, less, "B", factor=0.4)
    do(kind, values, more, "B", factor=2.5)
    advance(kind, values, places, [1.0])
    a, b, c = (column(kind, values, name) for name in "ABC")
    np.testing.assert_allclose(a + c, 1000.0, rtol=1e-12)
    q = 1.0 - np.exp(-0.7)
    if method == "gillespie":
        assert_law(c, stats.binom(1000, q))
        assert_law(b[less], stats.binom(1000, 0.4 * q))
    allowed = 0.01 if method == "gillespie" else 0.03  # leaps of relative error `tolerance.leap`
    assert c.mean() == pytest.approx(1000.0 * q, rel=allowed)
    assert b[less].mean() == pytest.approx(400.0 * q, rel=allowed)
    assert b[more].mean() == pytest.approx(2500.0 * q, rel=allowed)
    assert (b[less] <= c[less]).all() or method == "chemical_langevin"


@pytest.mark.parametrize("factor", [0.4, 2.5])
def test_means_are_those_of_method_ode(factor):
    model = network("A -> B + C @ r*A", {"r": 0.7}, {"A": 1000, "B": 0, "C": 0})
    ends = []
    for method in ("ode", "gillespie"):
        kind = kinds()[method](kinds()[method].with_holds(model, [], ["B"]), ToleranceSettings(), 0)
        values, places = started(kind, 1 if method == "ode" else 4000)
        do(kind, values, places, "B", factor=factor)
        advance(kind, values, places, [1.0])
        ends.append(values[:, :3].mean(axis=0))
    np.testing.assert_allclose(ends[1], ends[0], atol=4.0 * np.sqrt(2.5 * 2.5 * 1000 / 4000) + 1e-3)


@pytest.mark.parametrize("method", METHODS)
def test_a_reaction_with_too_few_held_molecules_does_not_happen(method):
    """None takes from a species held at 0, at whatever rate; two are not taken where one is held."""
    kind = parts(method)
    values, places = started(kind, 50)
    do(kind, values, places, "A", 0.0)
    do(kind, values, places, "W", 0.0)
    do(kind, values, places, "U", 1.0)
    do(kind, values, places, "V", factor=3.0)
    advance(kind, values, places, [5.0, 5.0])
    assert values[:, :6].tolist() == [[0.0, 0.0, 0.0, 1.0, 0.0, 0.0]] * 50
    do(kind, values, places, "W", 1.0)
    advance(kind, values, places, [10.0])
    assert (column(kind, values, "W") == 1.0).all()
    assert column(kind, values, "V").mean() == pytest.approx(15.0, abs=4.0 * np.sqrt(15.0 * 3.0 / 50))


@pytest.mark.parametrize("method", METHODS)
def test_bits_depend_on_seed_and_cell_alone(method):
    def run(cells=60, **options):
        kind = gene(method)
        values, places = started(kind, cells)
        do(kind, values, places[::3], "M", 7.0)
        do(kind, values, places[1::3], "M", factor=0.5)
        advance(kind, values, places, [0.5, 0.5, 0.5], **options)
        return values

    whole = run()
    assert run(batches=7).tobytes() == whole.tobytes()
    assert run(20).tobytes() == whole[:20].tobytes()
    try:
        numba.set_num_threads(1)
        assert run().tobytes() == whole.tobytes()
    finally:
        numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)


def test_half_steps_equal_a_whole_one_in_distribution():
    kind = gene("gillespie")
    ends = []
    for tick, durations in enumerate(([1.0], [0.5, 0.5])):
        values, places = started(kind)
        places = places[tick * 1200 : tick * 1200 + 1200]
        do(kind, values, places, "M", 7.0)
        advance(kind, values, places, durations)
        ends.append(column(kind, values, "P")[places])
    assert stats.ks_2samp(*ends).pvalue > LEAST_CHANCE


def test_values_are_rounded_to_whole_molecules():
    kind = gene("gillespie")
    values, places = started(kind, 5)
    do(kind, values, places, "M", 6.6)
    assert (column(kind, values, "M") == 7.0).all()
    real = gene("chemical_langevin")
    values, places = started(real, 5)
    do(real, values, places, "M", 6.6)
    advance(real, values, places, [1.0])
    assert (column(real, values, "M") == 6.6).all()


def test_kinds_say_what_has_no_production():
    model = network("-> X @ 1\nX + S -> S @ X*S", {}, {"X": 0, "S": 1})
    with pytest.raises(SettingsError, match="'S' has no production: no reaction makes it; use clamp"):
        kinds()["gillespie"].with_holds(model, [], ["S"])
    held = kinds()["gillespie"].with_holds(model, ["S"], [])
    assert held == model  # no reaction changes it, so it stays where it is put
    kind = kinds()["gillespie"](held, ToleranceSettings(), 0)
    values, places = started(kind, 2000)
    do(kind, values, places, "S", 0.0)
    advance(kind, values, places, [20.0])
    assert_poisson_moments(column(kind, values, "X"), 20.0)
    assert not column(kind, values, "S").any()


SCENARIO = """\
tissue_sim: 1
seed: 5
duration: 60 min
steps: {network: 1 min, lifecycle: 1 min, mechanics: 1 min}
record: {every: 5 min}
domain: {size: [2000, 2000]}
networks:
  gene:
    equations: |
      -> M @ k
      M -> @ 0.2*M
      M -> M + P @ 0.5*M
      P -> @ 0.1*P
    parameters: {k: 4}
    initial: {M: 20, P: 100}
    method: METHOD
cell_types:
  a:
    mechanics: none
    cycle: {model: live, rate: 0.02 /min}
    networks: [gene]
initial:
  - {type: a, hexagonal: {rows: 8, columns: 8, spacing: 20}}
interventions:
  - {at: 5 min, for: 30 min, clamp: {network.gene.M: 8.7}, fraction: 0.5}
  - {at: 5 min, knockout: network.gene.P, where: cell.cell_id == 3}
"""


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_through_divisions_in_a_tissue(method):
    simulation = Simulation(load_scenario_text(SCENARIO.replace("METHOD", method), name="s.yaml"))
    tissue, block = simulation.tissue, simulation.tissue.blocks["gene"]
    clamped = np.empty(0)
    sizes = []
    for snapshot in simulation:
        ids = tissue.population["cell_id"]
        m, p = (block.quantity(name, tissue.population.size) for name in "MP")
        if 5.0 <= snapshot.time < 35.0:
            held = 9.0 if method != "chemical_langevin" else 8.7
            here = ids[m == held]
            assert snapshot.time > 5.0 or len(here) >= 20
            clamped = clamped if len(clamped) else here
            sizes.append(np.isin(clamped, here).sum())
        if snapshot.time >= 5.0:
            assert p[ids == 3] == 0.0
        assert method == "chemical_langevin" or (p == np.rint(p)).all()
        everyone = len(ids)
    assert everyone > 100  # so that most of the held have divided
    assert sizes[0] > 20
    assert min(sizes) >= sizes[0] - 8  # a free cell may have had 9 by chance
