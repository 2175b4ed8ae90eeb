"""The intermediate form and the reader of equations: what is refused, and where the error points."""

from __future__ import annotations

import pytest

from tissue_sim.codegen.syntax import Name, Number
from tissue_sim.errors import SettingsError
from tissue_sim.network.checks import checks
from tissue_sim.network.initial import InitialValues
from tissue_sim.network.model import Assignment, NetworkModel, Parameter, Reaction, Species
from tissue_sim.network.settings import NetworkSettings
from tissue_sim.network.time_units import minutes_per_unit


def test_assignments_come_in_dependency_order(make_network):
    model = make_network("a = b + 1\nX' = a\nb = 2*c\nc = X", initial={"X": 1})
    assert model.assigned_names == ("c", "b", "a")


@pytest.mark.parametrize(
    ("equations", "message", "at"),
    [
        ("X' = k - X", "unknown name 'k'", "k - X"),
        ("X' = rate\nrte = 2", "did you mean 'rte'", "rate\n"),
        ("X' = signal.oxygen", "under `inputs`", "signal.oxygen"),
        ("X' = 1\ntime = 2", "'time' is the time", "time = 2"),
        ("X' = 1\na__b = 2", "double underscore", "a__b"),
        ("X' = 1\nfree = 2", "already a parameter", "free = 2"),
        ("X' = 1\nseen = 2", "already an input", "seen = 2"),
        ("X' = 1\nY' = 2", "species 'Y' has no initial value", "Y' = 2"),
        ("X' = 1\nX' = 2", "already defined", "X' = 2"),
    ],
)
def test_mistakes_in_equations_point_into_the_text(make_network, equations, message, at):
    with pytest.raises(SettingsError, match=message) as caught:
        make_network(equations, {"free": 1}, {"X": 1}, ("seen",))
    assert caught.value.offset == equations.index(at)


def test_a_cycle_is_named_and_located(make_network):
    text = "X' = a\na = b + 1\nb = 2*a"
    with pytest.raises(SettingsError, match="a cycle: a is assigned from b is assigned from a") as caught:
        make_network(text, initial={"X": 1})
    assert caught.value.offset == text.rindex("a")


def test_unknown_parameters_and_initial_values_are_refused(make_network):
    model = make_network("X' = 1", initial={"X": 1})
    with pytest.raises(SettingsError, match="no species 'Y'"):
        model.with_initial({"Y": None})
    with pytest.raises(SettingsError, match="no parameter 'k'"):
        model.with_parameters({"k": None})


def test_shared_parameters_of_the_scenario_are_known(make_network):
    model = make_network("X' = -k*X", initial={"X": 1}, shared={"k": 0.3, "unused": 1.0})
    assert InitialValues(model).shared == {"k": 0.3}


def test_rates_sum_reactions_times_stoichiometry():
    flux = Reaction("r", Name(("k",)), (("A", Number(-2.0)), ("B", Number(1.0))))
    model = NetworkModel(
        "n",
        (Species("A", Number(1.0)), Species("B", Number(0.0))),
        (Parameter("k", Number(3.0)),),
        reactions=(flux,),
    )
    first, second = model.rates()
    assert first.left == Number(-2.0)
    assert second == Name(("r",))


def test_names_are_unique():
    with pytest.raises(SettingsError, match="'A' is defined twice"):
        NetworkModel("n", (Species("A", Number(1.0)),), assignments=(Assignment("A", Number(1.0)),))


def test_first_values_that_need_each_other_are_refused():
    species = (Species("A", Name(("B",))), Species("B", Name(("A",))))
    with pytest.raises(SettingsError, match="starts from"):
        InitialValues(NetworkModel("n", species))


def test_parameters_that_depend_on_drawn_ones_are_drawn_per_cell(make_network):
    model = make_network("X' = k*X", {"k": "normal(1, 0.1)"}, {"X": 1})
    assert InitialValues(model).per_cell == ("k",)


def test_checks_name_unknown_species(make_network):
    settings = NetworkSettings.model_validate(
        {"equations": "X' = 1", "division": {"Y": "reset"}, "tolerance": {"absolute": {"Z": 1e-3}}}
    )
    problems = list(checks(settings, make_network("X' = 1", initial={"X": 1})))
    assert [problem.path for problem in problems] == [("division", "Y"), ("tolerance", "absolute", "Z")]


@pytest.mark.parametrize(("unit", "minutes"), [(None, 1.0), ("s", 1 / 60), ("h", 60.0), ("300.0 s", 5.0)])
def test_time_units(unit, minutes):
    assert minutes_per_unit(unit) == pytest.approx(minutes, rel=1e-15)
