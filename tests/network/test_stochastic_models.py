"""What stochastic methods make of a model: refused elements, counts and volumes, rate orders, failures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tissue_sim.codegen.parser import parse_expression
from tissue_sim.codegen.syntax import Number
from tissue_sim.errors import SettingsError, SimulationError
from tissue_sim.network import reaction_network
from tissue_sim.network.checks import checks
from tissue_sim.network.kind import Draws, kinds
from tissue_sim.network.kinds.gillespie import GillespieKind
from tissue_sim.network.kinds.tau_leaping import TauLeapingKind
from tissue_sim.network.model import Assignment, NetworkModel, Parameter, RateRule, Reaction, Species
from tissue_sim.network.rate_orders import rate_orders
from tissue_sim.network.settings import NetworkSettings, ToleranceSettings
from tissue_sim.network.simulate import simulate
from tissue_sim.tissue.distributions import parse_distribution

METHODS = ("gillespie", "tau_leaping", "chemical_langevin")
KEY = np.uint64(8)


def model_of(rate, change="1", unit="1", initial="5", parameters=(), **extra) -> NetworkModel:
    return NetworkModel(
        "net",
        (Species("X", parse_distribution(initial), per_amount=parse_expression(unit)),),
        (Parameter("k", Number(2.0)), Parameter("n", parse_distribution("uniform(1, 2)")), *parameters),
        reactions=(Reaction("make", parse_expression(rate), (("X", parse_expression(change)),)),),
        **extra,
    )


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("model", "message"),
    [
        (model_of("k*time"), "the rate of reaction 'make' depends on time"),
        (
            model_of("k*pulse", assignments=(Assignment("pulse", parse_expression("if(time > 3, 1, 0)")),)),
            "the rate of reaction 'make' depends on time, which method [a-z_]+ cannot advance exactly",
        ),
        (model_of("k", "n"), "reaction 'make' changes 'X' by a stoichiometry that is no constant"),
        (model_of("k", "k/(k - 2)"), "reaction 'make' changes 'X' by inf molecules"),
        (model_of("k", unit="1/(1 + X)"), "the volume that 'X' is in depends on 'X'"),
        (model_of("k", unit="1/time"), "the volume that 'X' is in depends on 'time'"),
    ],
)
def test_what_cannot_be_exact_is_refused_by_name(model, message, method):
    with pytest.raises(SettingsError, match=message):
        kinds()[method].check(model)
    with pytest.raises(SettingsError, match=message):
        simulate(model, [0.0, 1.0], method=method)


@pytest.mark.parametrize("method", METHODS)
def test_networks_of_rates_are_refused(make_network, method):
    with pytest.raises(SettingsError, match=rf"'Y' follows a rate \(Y' = ...\), and method {method}"):
        kinds()[method].check(make_network("-> X @ 1\nY' = X\nZ' = 0", {}, {"X": 1, "Y": 0, "Z": 0}))
    with pytest.raises(SettingsError, match=f"no reactions, which method {method} needs; write them like"):
        kinds()[method].check(make_network("Z' = 0", {}, {"Z": 0}))


def test_counts_are_whole_but_not_those_of_langevin():
    for method in ("gillespie", "tau_leaping"):
        with pytest.raises(SettingsError, match=r"'make' changes 'X' by 0.5 molecules"):
            kinds()[method].check(model_of("k", "1/2"))
        with pytest.raises(
            SettingsError, match=r"'X' starts with 0.3 molecules, which rounds to none at all"
        ):
            kinds()[method].check(model_of("k", initial="0.3"))
        with pytest.raises(SettingsError, match=r"'X' starts with 0.2 molecules"):
            kinds()[method].check(model_of("k", unit="1/0.1", initial="2"))
    kinds()["chemical_langevin"].check(model_of("k", "1/2", initial="0.3"))


def test_the_check_of_a_scenario_points_at_the_method(make_network):
    settings = NetworkSettings.model_validate({"equations": "X' = 1", "method": "gillespie"})
    problems = list(checks(settings, make_network("X' = 1", {}, {"X": 1})))
    assert [problem.path for problem in problems] == [("method",)]
    assert "write reactions such as -> X @ k" in problems[0].message


@pytest.mark.parametrize(
    ("text", "orders", "parts"),
    [
        ("k*X", [1, 0], [1, 0]),
        ("k", [0, 0], [0, 0]),
        ("c*X*Y", [2, 2], [1, 1]),
        ("c*X*(X - 1)/2", [2, 0], [2, 0]),
        ("c*X*(X - 1)*(X - 2)*Y/6", [4, 4], [3, 1]),
        ("X/(K + X)", [2, 0], [2, 0]),
        ("X^h", [3, 0], [3, 0]),
        ("X^per_cell", [10, 0], [10, 0]),
        ("hill(X, K, 2)*Y", [3, 3], [2, 1]),
        ("pow(X, -2)", [2, 0], [2, 0]),
        ("if(X > 3, Y, 0)", [10, 1], [10, 1]),
        ("X + Y*Y*X", [3, 3], [1, 2]),
        ("k*Y*(X + 1)*X", [3, 3], [2, 1]),
        ("X + 2*Y^2", [1, 2], [1, 2]),
        ("min(X, 2*Y)", [1, 1], [1, 1]),
        ("exp(X)", [10, 0], [10, 0]),
        ("double*Y", [2, 2], [1, 1]),
        ("sqrt(X + Y)", [1, 1], [1, 1]),
    ],
)
def test_orders_of_rates(text, orders, parts):
    definitions = {"r": parse_expression(text), "double": parse_expression("2*X")}
    found = rate_orders(("r",), ("X", "Y"), definitions, {"h": 3.0, "K": 5.0})
    assert [each.tolist() for each in found] == [orders, parts]


def test_orders_are_the_highest_of_all_reactions():
    definitions = {"r": parse_expression("X*Y"), "s": parse_expression("X")}
    found = rate_orders(("s", "r"), ("X", "Y"), definitions, {})
    assert found[0].tolist() == [2.0, 2.0]


# --- counts, concentrations and volumes ---------------------------------------------------------------


def test_first_values_are_rounded_and_sums_follow(make_network):
    model = make_network("X -> @ d*X\ntwice = 2*X", {"d": 0.0}, {"X": "uniform(9.6, 12.4)"})
    found = simulate(model, [0.0, 1.0], method="gillespie", cells=200)
    assert set(np.unique(found["X"])) == {10.0, 11.0, 12.0}
    assert (found["twice"] == 2.0 * found["X"]).all()
    halves = simulate(model, [0.0], method="gillespie", initial={"X": 2.5})
    assert halves["X"][0, 0] == 2.0
    real = simulate(model, [0.0], method="chemical_langevin", initial={"X": 2.5})
    assert real["X"][0, 0] == 2.5


def test_negative_counts_are_refused(make_network):
    model = make_network("X -> @ X", {}, {"X": -1})
    with pytest.raises(SettingsError, match="'X' starts at -1; method gillespie counts molecules"):
        simulate(model, [0.0, 1.0], method="gillespie")
    bare = replace(model, species=(replace(model.species[0], initial=Number(float("nan"))),))
    with pytest.raises(SettingsError, match="'X' has no finite initial value"):
        simulate(bare, [0.0, 1.0], method="gillespie")


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_concentrations_move_by_molecules_of_their_volume(method):
    """X per volume 4: one molecule is 0.25; k = 2 reactions per time whatever the volume."""
    model = model_of("k", unit="1/V", initial="5.1", parameters=(Parameter("V", Number(4.0)),))
    found = simulate(model, [0.0, 50.0], method=method, cells=2000, seed=1)["X"]
    assert found[0, 0] == (5.1 if method == "chemical_langevin" else 5.0)
    assert found[:, 1].mean() == pytest.approx(5.0 + 25.0, abs=4.0 * 2.5 / np.sqrt(2000) + 0.1)
    assert found[:, 1].var() == pytest.approx(100.0 / 16.0, rel=4.0 * np.sqrt(2.0 / 2000))
    if method != "chemical_langevin":
        assert (4.0 * found == np.rint(4.0 * found)).all()


def test_molecules_stay_as_a_volume_that_is_an_input_changes():
    model = model_of("k*X*0", unit="1/V", initial="5", inputs=("V",))
    kind = GillespieKind(model, ToleranceSettings())
    values, places = np.zeros((3, len(kind.names))), np.arange(3)
    volumes = np.array([1.0, 2.0, 7.0])
    kind.start(values, places, places + 1, key=KEY, tick=0, time=0.0, inputs={"V": volumes})
    np.testing.assert_allclose(values[:, 0] * volumes, [5.0, 10.0, 35.0])
    for tick, factor in enumerate((1.7, 3.0, 0.3)):
        grown = volumes * factor
        kind.advance(
            values, places, start=0.0, duration=1.0, inputs={"V": grown}, draws=Draws(KEY, places + 1, tick)
        )
        np.testing.assert_allclose(values[:, 0] * grown, [5.0, 10.0, 35.0], rtol=1e-14)
    assert kind.is_amount("X")
    assert kind.unit_of(values, places, "X").tolist() == (1.0 / grown).tolist()


def test_species_that_rest_stay_as_they_are(make_network):
    model = make_network("G -> G + X @ k*G\nX -> @ X", {"k": 3}, {"G": 1.25, "X": 0})
    found = simulate(model, [0.0, 30.0], method="gillespie", cells=4000)
    assert (found["G"] == 1.25).all()
    assert found["X"][:, 1].mean() == pytest.approx(3.75, abs=4.0 * np.sqrt(3.75 / 4000))
    kind = GillespieKind(model, ToleranceSettings())
    assert (kind.is_amount("X"), kind.is_amount("G")) == (True, False)


# --- failures -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("k", "message"), [(-1, "is negative"), (1, "is not a finite number"), (2, "is not a finite number")]
)
def test_rates_that_cannot_be_name_the_reaction(make_network, method, k, message):
    text = "-> X @ 0.01\n2 Z -> X @ if(k < 0, k*X, if(k > 1, 1/(X - 5), log(4 - X)))"
    model = make_network(text, {"k": k}, {"X": 5, "Z": 100})
    where = "cell_id 1: network 'net', network time 0: the rate of reaction 'reaction_2'"
    with pytest.raises(SimulationError, match=rf"{where} \(2 Z -> X\) {message}"):
        simulate(model, [0.0, 1.0], method=method)


@pytest.mark.parametrize("method", METHODS)
def test_a_net_rate_is_never_cut_at_zero(make_network, method):
    """One molecule that goes from A to B and never back would be the silent answer."""
    model = make_network("swap: A -> B @ k*A - l*B", {"k": 1, "l": 2}, {"A": 1, "B": 0})
    with pytest.raises(SimulationError, match=r"the rate of reaction 'swap' \(A -> B\) is negative"):
        simulate(model, np.arange(200.0), method=method, cells=20)


@pytest.mark.slow
def test_too_many_reactions_name_the_fastest(make_network):
    model = make_network("-> X @ 1\nX -> X + Y @ fast\nY -> @ 0.001*Y", {"fast": 1e4}, {"X": 1, "Y": 0})
    for kind_class in (GillespieKind, TauLeapingKind):
        kind = kind_class(model, ToleranceSettings(leap=1e-6))
        kind.kernels._most = 50
        values, places = np.zeros((3, len(kind.names))), np.arange(3)
        kind.start(values, places, places + 1, key=KEY, tick=0, time=0.0, inputs={})
        before = values.copy()
        codes = kind.advance(
            values, places, start=0.0, duration=1.0 if kind_class is GillespieKind else 1e3, inputs={},
            draws=Draws(KEY, places + 1, 0),
        )  # fmt: skip
        assert (
            "too many reactions within one network step, most of them 'reaction_2' (-> Y)"
            in kind.describe(int(codes[0]))
        )
        assert (codes == codes[0]).all()
        assert values.tolist() == before.tolist()
    assert kind.describe(0) == "failed with code 0"


def test_reaction_text_of_computed_stoichiometry():
    model = model_of("k", "k")
    assert reaction_network.reaction_text(model, 0) == "'make'"
    assert simulate(model, [0.0, 1.0], method="gillespie", seed=1)["X"][0, 1] % 2.0 == 1.0


def test_a_rate_rule_of_zero_is_a_constant():
    model = model_of("k")
    still = replace(
        model, species=(*model.species, Species("Z", Number(3.0))), rate_rules=(RateRule("Z", Number(0.0)),)
    )
    GillespieKind.check(still)
