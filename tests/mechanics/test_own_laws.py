"""Contact laws from extension files: declared by the user, found when the tissue is built, compiled in."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tissue_sim import Law, LawParameter
from tissue_sim.cli import main
from tissue_sim.codegen.scalar_function import standalone_source
from tissue_sim.errors import ScenarioError, SettingsError, UsageError
from tissue_sim.mechanics.stability import StabilityWarning
from tissue_sim.scenario.scenario import load_scenario, load_scenario_text
from tissue_sim.simulation import Simulation

LAW = '''
import math

from tissue_sim import Law, LawParameter

assert __name__.startswith("tissue_sim_extension")


def speed(d, s, strength, range_, power):
    """A repulsion that ends at range_ s."""
    x = 1.0 - d / (range_ * s)
    return strength * x**power if x > 0.0 else 0.0


OWN = Law(
    name="own",
    parameters=(
        LawParameter("strength", "um/min", 2.0, "speed at full overlap"),
        LawParameter("range_", "1", 1.0, "where it ends", pair="mean", behaviour=False),
        LawParameter("power", "1", 1.0, "steepness", pair="mean", behaviour=False),
    ),
    speed=speed,
    reach="range_",
)
'''

SCENARIO = """tissue_sim: 1
duration: 1 min
steps: {mechanics: 0.1 min, lifecycle: 1 min}
domain: {size: [200]}
cell_types:
  a:
    volume: 2494
    mechanics:
      law: laws.OWN
      parameters:
        strength: 3
  b:
    like: a
extensions: [laws.py]
initial:
  - {type: a, points: [[0], [10]]}
"""


@pytest.fixture
def write(tmp_path):
    """Write extension and scenario with replacements, each in one of the two; return the scenario's path."""

    def files(*replacements: tuple[str, str], law: str = LAW, scenario: str = SCENARIO):
        for old, new in replacements:
            assert old in law or old in scenario, old
            law, scenario = law.replace(old, new), scenario.replace(old, new)
        (tmp_path / "laws.py").write_text(law)
        (tmp_path / "s.yaml").write_text(scenario)
        return tmp_path / "s.yaml"

    return files


def build(path) -> Simulation:
    return Simulation.from_scenario(path, allow_code=True)


def problems(path) -> list[str]:
    with pytest.raises(ScenarioError, match=r"s\.yaml:") as caught:
        build(path)
    return [str(each).rpartition("s.yaml:")[2] for each in caught.value.problems]


def velocity_of(simulation) -> float:
    """Velocity of the second of the first two cells, um/min."""
    simulation.step()
    return float(simulation.tissue.population["velocity"][1, 0])


S = 2.0 * np.cbrt(3.0 * 2494.0 / (4.0 * np.pi))


def test_values_of_the_scenario_and_defaults_reach_the_law(write):
    assert velocity_of(build(write())) == pytest.approx(3.0 * (1.0 - 10.0 / S))
    changed = write(("strength: 3", "strength: 60 um/h\n        power: 2"))
    assert velocity_of(build(changed)) == pytest.approx(1.0 * (1.0 - 10.0 / S) ** 2)
    plain = write(("\n      law: laws.OWN\n      parameters:\n        strength: 3", " laws.OWN"))
    assert velocity_of(build(plain)) == pytest.approx(2.0 * (1.0 - 10.0 / S))


def test_values_may_differ_between_types_and_combine_as_declared(write):
    path = write(
        ("    like: a", "    like: a\n    mechanics: {parameters: {strength: 12, power: 3}}"),
        ("points: [[0], [10]]}", "point: [0]}\n  - {type: b, point: [10]}"),
    )
    assert velocity_of(build(path)) == pytest.approx(6.0 * (1.0 - 10.0 / S) ** 2)


def test_contact_distance_and_integrator(write):
    path = write(("strength: 3", "strength: 3\n      contact_distance: 0.5\n      integrator: heun"))
    simulation = build(path)
    k = 3.0
    first = k * (1.0 - 10.0 / S)
    second = k * (1.0 - (10.0 + 0.2 * first) / S)
    assert velocity_of(simulation) == pytest.approx(0.5 * (first + second))
    assert simulation.tissue.population["neighbours"].tolist() == [0, 0]


def test_behaviours_may_be_changed_by_rules_and_agents(write):
    rule = "    rules:\n      - time increases mechanics.strength to 9 um/min with half_max 1e-9"
    simulation = build(write(("  b:\n", rule + "\n  b:\n")))
    tissue = simulation.tissue
    assert tissue.behaviours["mechanics.strength"].unit == "um/min"
    assert "mechanics.power" not in tissue.behaviours
    for _ in range(15):
        simulation.step()
    assert tissue.behaviours.effective("mechanics.strength") == pytest.approx([9.0, 9.0], rel=1e-3)


def test_reading_and_checking_run_no_code(write, capsys):
    path = write(law="raise SystemExit('this ran')")
    assert main(["check", str(path)]) == 0
    assert "laws.OWN" in capsys.readouterr().out
    with pytest.raises(UsageError, match=r"laws\.py.*--allow-code"):
        Simulation.from_scenario(path)


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        (
            "extensions: [laws.py]\n",
            "",
            "9:12",
            "the law laws.OWN needs its file: write extensions: [laws.py]",
        ),
        ("laws.OWN", "lawz.OWN", "9:12", "no extension is called 'lawz'; declared are laws; did you mean"),
        ("laws.OWN", "lawsOWN", "9:7", "unknown contact law 'lawsOWN'; allowed are hertz, linear,"),
        ("strength: 3", "strength: [3]", "11:19", "expected a number in"),
        ("strength: 3", "2nd: 3", "11:9", "'2nd' is not a name"),
        (
            "parameters:",
            "parametrs:",
            "10:7",
            "unknown key 'parametrs'; allowed are law, contact_distance, ",
        ),
        (
            "parameters:\n        strength: 3",
            "strength: 3",
            "10:7",
            "unknown key 'strength'; allowed are law,",
        ),
        ("    like: a", "    mechanics: physicell", "13:5", "all cell types of a tissue share one law"),
        ("    like: a", "    like: a\n    mechanics: {integrator: heun}", "14:29", "different integrators"),
    ],
)
def test_mistakes_are_located_without_running_code(write, old, new, place, message):
    path = write((old, new), law="raise SystemExit('this ran')")
    with pytest.raises(ScenarioError, match=re.escape(message)) as caught:
        load_scenario(path)
    found = {f"{each.line}:{each.column}": each.message for each in caught.value.problems}
    assert place in found, found
    assert message in found[place]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("strength: 3", "strenth: 3", "11:9: the law laws.OWN has no parameter 'strenth'; it has strength, "
         "range_, power; did you mean 'strength'?"),
        ("strength: 3", "strength: -3", "11:19: -3 is too small; allowed is 0 or more"),
        ("strength: 3", "strength: 3 mmHg", "11:19: '3 mmHg' has the wrong dimension; expected"),
        ("strength: 3", "range_: 0", "11:17: 0 is too small; allowed is more than 0"),
        ("strength: 3", "range_: 11", "11:17: 11 is too large; allowed is 10 or less"),
        ("law: laws.OWN", "law: laws.OWM", "9:12: 'laws.OWM' is no Law in laws.py; known are laws.OWN; did"),
        ("law: laws.OWN", "law: laws.speed", "9:12: 'laws.speed' is no Law in laws.py; known are laws.OWN"),
    ],
)  # fmt: skip
def test_mistakes_that_need_the_law_are_located_too(write, old, new, message):
    (found,) = {each for each in problems(write((old, new))) if each.startswith(message.partition(" ")[0])}
    assert found.startswith(message)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            "mechanics.strengt to 9",
            "13:24: unknown behaviour 'mechanics.strengt'; did you mean 'mechanics.strength'",
        ),
        ("mechanics.power to 9", "13:24: unknown behaviour 'mechanics.power'"),
        (
            "mechanics.strength to 9 min",
            "13:46: '9 min' has the wrong dimension; expected a quantity in um/min",
        ),
    ],
)
def test_rules_on_what_the_law_does_not_have(write, rule, message):
    line = f"    rules:\n      - time increases {rule} with half_max 1\n"
    (found,) = problems(write(("  b:\n    like: a\n", line)))
    assert found.startswith(message)


def test_other_behaviours_are_checked_before_any_code_runs(write):
    line = "    rules:\n      - time increases cycle.rat to 9 with half_max 1\n  b:\n"
    with pytest.raises(ScenarioError, match=r"unknown behaviour 'cycle\.rat'"):
        load_scenario(write(("  b:\n", line)))


def test_an_edited_law_gives_the_new_result(write):
    """Same length, same second: neither bytecode nor generated code of before may be used."""
    assert velocity_of(build(write())) == pytest.approx(3.0 * (1.0 - 10.0 / S))
    edited = write(("strength * x**power", "strength + x**power"))
    assert velocity_of(build(edited)) == pytest.approx(3.0 + (1.0 - 10.0 / S))
    again = write()
    assert velocity_of(build(again)) == pytest.approx(3.0 * (1.0 - 10.0 / S))


def test_a_changed_comment_compiles_nothing_anew():
    def speed(d: float, s: float) -> float:
        """Say something."""
        return max(0.0, s - d)  # and more

    def other(d, s):
        return max(0.0, s - d)

    assert standalone_source(speed, "law") == standalone_source(other, "law")


POWER = "strength * x**power if x > 0.0 else 0.0"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (POWER, "FACTOR * x", r"speed\(\) uses FACTOR from outside of it; it is compiled on its own"),
        (POWER, "speed(d, s, 1.0, 1.0, 1.0)", r"speed\(\) uses speed from outside of it"),
        (POWER, "math.gammma(x)", r"numba cannot compile it: .*gammma"),
        (POWER, "len(open('x').read())", r"numba cannot compile it: .*open"),
        (POWER, "x if x > 0.0 else None", r"it must return one number on every path, and returns "),
        (POWER, "(x, x)", r"it must return one number on every path, and returns "),
        ("speed=speed", "speed=lambda d, s, strength, range_, power: 0.0", r"write it as a `?def"),
    ],
)
def test_a_law_that_cannot_be_compiled_is_named_with_its_file(write, old, new, message):
    with pytest.raises(ScenarioError, match=rf"laws\.py: the law laws\.OWN: .*{message}") as caught:
        build(write((old, new)))
    assert "s.yaml:9:12: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_speeds_beyond_the_reach_are_refused(write):
    (found,) = set(problems(write(('    reach="range_",\n', ""), ("strength: 3", "range_: 1.2"))))
    assert "laws.py: the law laws.OWN gives 0.333333 um/min at 1 (R_i + R_j), beyond its reach 1;" in found
    (found,) = set(problems(write((POWER, "strength / (d - 8.0)"))))
    assert "laws.OWN gives" in found
    (found,) = set(problems(write((POWER, "strength / 0.0"))))
    assert "laws.OWN fails for cells of radius 8 um: ZeroDivisionError" in found


def test_a_law_beside_cells_without_forces_must_vanish_with_its_strength(write):
    none = ("    like: a", "    mechanics: none")
    assert velocity_of(build(write(none))) > 0.0
    (found,) = problems(write(none, ("strength * x**power", "(1.0 + strength) * x**power")))
    assert "does not vanish where its geometric parameters are 0" in found


@pytest.mark.filterwarnings("ignore::tissue_sim.mechanics.stability.StabilityWarning")
def test_a_step_that_is_too_long_is_warned_of(write):
    with pytest.warns(StabilityWarning, match=r"step of 0.1 min is unstable for packed cells of type 'a'"):
        build(write(("strength: 3", "strength: 3000")))


def test_a_file_that_cannot_be_imported(write):
    with pytest.raises(UsageError, match=r"laws\.py cannot be imported: ZeroDivisionError"):
        build(write(law="1 / 0"))
    with pytest.raises(UsageError, match=r"laws\.py cannot be imported: SyntaxError"):
        build(write(law="def"))


def test_a_law_of_many_parameters(write):
    names = [f"p{k}" for k in range(9)]
    law = "from tissue_sim import Law, LawParameter\n\ndef many(d, s, " + ", ".join(names) + "):\n"
    law += "    return (" + " + ".join(f"{k + 1} * {name}" for k, name in enumerate(names))
    law += ") / 100.0 if d < s else 0.0\n\nOWN = Law('many', tuple(LawParameter(f'p{k}', '1', 1.0, '') "
    law += "for k in range(9)), many)\n"
    path = write(
        ("strength: 3", "p8: 4"),
        ("    like: a", "    like: a\n    mechanics: {parameters: {p8: 9}}"),
        ("points: [[0], [10]]}", "point: [0]}\n  - {type: b, point: [10]}"),
        law=law,
    )
    assert velocity_of(build(path)) == pytest.approx(0.36 + 0.09 * 6.0)


def test_a_resumed_state_and_a_new_simulation_agree(write):
    first = build(write())
    first.step()
    second = build(write())
    second.restore(first.state())
    first.step()
    second.step()
    assert np.array_equal(first.tissue.population["position"], second.tissue.population["position"])


def test_the_resolved_scenario_reads_again(write):
    path = write()
    scenario = load_scenario(path)
    again = load_scenario_text(scenario.to_yaml(), path.parent)
    assert again.settings.cell_types == scenario.settings.cell_types


def spring(d, s, k):
    return k * (s - d)


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"name": "2nd"}, "'2nd' is not a name"),
        ({"parameters": ()}, r"takes \(d, s, k\); it must take d, s and the declared parameters .*\(none\)"),
        ({"parameters": (LawParameter("j", "1", 1.0, ""),)}, "declared parameters in their order .*j"),
        ({"parameters": (LawParameter("k", "1", 1.0, "", pair="harmonic"),)}, "allowed are geometric, mean"),
        ({"parameters": (LawParameter("k", "1", -1.0, ""),)}, "default of 'k' is -1.0; allowed is 0 or more"),
        (
            {"parameters": (LawParameter("k", "1", 1.0, "", positive=True),)},
            "'k' is positive, so its default",
        ),
        (
            {"parameters": (LawParameter("k", "1", 0.0, "", behaviour=False, positive=True),)},
            "'k' is positive, so its default",
        ),
        ({"reach": "cut"}, "its reach is 'cut', which must be one of its parameters"),
        ({"reach": "k"}, "declared with behaviour=False"),
    ],
)
def test_a_declaration_that_does_not_fit_together(declared, message):
    good = {"name": "own", "parameters": (LawParameter("k", "1", 1.0, ""),), "speed": spring}
    assert Law(**good).name == "own"
    with pytest.raises(SettingsError, match=message):
        Law(**(good | declared))
