"""Mistakes under `interventions:`: each with line and column, and what is allowed instead."""

from __future__ import annotations

import re

import pytest

from tissue_sim.errors import ScenarioError
from tissue_sim.scenario.describe import describe
from tissue_sim.scenario.json_schema import scenario_schema
from tissue_sim.scenario.scenario import load_scenario_text

SMALL = """\
tissue_sim: 1
duration: 10 h
parameters: {k: 0.1}
domain: {size: [200, 100], spacing: 10}
signals:
  drug: {unit: uM, diffusion: 10, boundary: {default: {value: 0}}}
sources: [{signal: drug, region: {ball: {center: [0, 0], radius: 20}}, rate: 1}]
networks:
  gene:
    equations: |
      X' = k - d*X + in
      half = X/2
    parameters: {d: 1}
    initial: {X: 0}
    inputs: {in: signal.drug}
  idle: {equations: "S' = 0", initial: {S: 1}}
  lone: {equations: "L' = 1", initial: {L: 1}}
cell_types:
  a: {cycle: {phases: {G: {rate: 1}, M: {duration: 2, divides: true}}}, networks: [gene, idle]}
interventions:
  - at: 1 h
"""
# what stands below `at: 1 h`, and the beginning of what is said (line 22 is the first one below)
MISTAKES = [
    ("set: {cell_types.a.cycle: {}}", "22:31: nothing stands here, so 'cell_types.a.cycle' would not change"),
    ("set: {signals.drug.boundary: {}}", "22:34: nothing stands here, so 'signals.drug.boundary'"),
    # when
    ("", "21:5: an intervention has exactly one of clamp, knockdown, knockout, overexpress, set; found none"),
    ("knockout: network.gene.X\n    clamp: {network.gene.X: 1}", "21:5: an intervention has exactly one of"),
    ("knokout: network.gene.X", "22:5: unknown key 'knokout'; allowed are at, for, every, until, where,"),
    ("knockout: network.gene.X\n    for: 0.01", "23:10: `for` is 0.01 min, less than a tick of 0.1 min"),
    ("knockout: network.gene.X\n    for: 3 um", "23:10: '3 um' has the wrong dimension"),
    ("knockout: network.gene.X\n    until: 3 h", "23:5: `until` says how long `every` goes on"),
    (
        "knockout: network.gene.X\n    every: 1\n    until: 3",
        "24:12: `until` (3 min) is before `at` (60 min)",
    ),
    ("knockout: network.gene.X\n    every: 1\n    for: 2", "24:10: `for` (2 min) is longer than `every`"),
    # in which cells
    ("knockout: network.gene.X\n    fraction: 2", "23:15: 2 is too large; allowed is 1 or less"),
    ("knockout: network.gene.X\n    where: cell.agee > 1", "23:12: no column 'agee'"),
    ("knockout: network.gene.X\n    where: cell.age > signal.drag", "23:23: no signal 'drag' is declared"),
    (
        "set: {parameters.k: 1}\n    where: cell.age > 1",
        "22:11: 'parameters.k' belongs to the whole tissue, so",
    ),
    ("set: {signals.drug.decay: 1}\n    fraction: 0.5", "22:11: 'signals.drug.decay' belongs to the whole"),
    # species
    ("knockout: X", "22:15: 'X' names no species; write network.NET.SPECIES; did you mean 'network.gene.X'?"),
    ("knockout: network.gene.Y", "22:15: the network gene has no species 'Y'; it has X"),
    ("knockout: [network.gene.X, network.gne.X]", "22:32: no network 'gne' is declared; declared are gene"),
    ("knockout: 3", "22:15: expected text, found the number 3"),
    ("clamp: {network.gene.half: 1}", "22:13: 'half' is given by a formula in the network gene"),
    ("clamp: {network.gene.in: 1}", "22:13: 'in' is an input of the network gene"),
    (
        "clamp: {network.gene.d: 1}",
        "22:13: 'd' is a parameter of the network gene; write set: {networks.gene.",
    ),
    ("clamp: {network.gene.X: a}", "22:29: 'a' is not a quantity"),
    ("clamp: {network.lone.L: 1}", "22:13: no cell type carries the network lone"),
    ("knockdown: {network.gene.X: 1.5}", "22:33: 1.5 is too large; allowed is 1 or less"),
    ("overexpress: {network.gene.X: 0.5}", "22:35: 0.5 is too small; allowed is 1 or more"),
    (
        "knockdown: {network.idle.S: 0.5}",
        "22:17: 'S' has no production: the network itself does not change it",
    ),
    # keys of the file
    ("set: 3", "22:10: expected a map of names, found the number 3"),
    (
        "set: {domain.size: 1}",
        "22:11: 'domain.size' cannot change during a run; what can is parameters.NAME;",
    ),
    (
        "set: {signals.drug.initial: 1}",
        "22:11: 'signals.drug.initial' cannot change during a run; it counts at",
    ),
    (
        "set: {signals.drug.dcay: 1}",
        "22:11: 'signals.drug.dcay' cannot change during a run; did you mean 'signals.",
    ),
    (
        "set: {signals.drg.decay: 1}",
        "22:11: no signal is called 'drg'; declared are drug; did you mean 'signals.",
    ),
    ("set: {signals.drug.decay: -1}", "22:31: -1 is too small; allowed is 0 or more"),
    ("set: {signals.drug.boundary.default.value: 1 um}", "22:48: '1 um' has the wrong dimension; expected a"),
    (
        "set: {signals.drug.boundary.default: {flux: 1}}",
        "22:42: 'value' is no boundary condition; write one of",
    ),
    ("set: {signals.drug.boundary.z_min.value: 1}", "22:46: the tissue has no z axis"),
    ("set: {signals.drug.boundary.x_mn.value: 1}", "22:45: unknown key 'x_mn'"),
    ("set: {sources.1.rate: 1}", "22:11: sources is a list; its items are numbered 0 to 0, found '1'"),
    ("set: {sources.0.rate: 1 um}", "22:27: '1 um' has the wrong dimension"),
    ("set: {fixed.0.value: 1}", "22:11: fixed is a list; there are none, found '0'"),
    (
        "set: {parameters.kk: 1}",
        "22:11: no parameter is called 'kk'; declared are k; did you mean 'parameters.k'?",
    ),
    ("set: {networks.gene.parameters.dd: 1}", "22:11: the network gene has no parameter 'dd'; it has k, d"),
    ("set: {networks.gene.parameters.k: 1}", "22:11: 'k' is a parameter of the scenario; write parameters.k"),
    (
        "set: {networks.gene.parameters.d: 'uniform(0, 1)'}",
        "22:39: a distribution draws once, when a cell is",
    ),
    (
        "set: {networks.gene.method: ode}",
        "22:11: 'networks.gene.method' cannot change during a run; what can",
    ),
    ("set: {cell_types.b.growth: 1}", "22:11: no cell type is called 'b'; declared are a; did you mean"),
    (
        "set: {cell_types.a.volume: 1}",
        "22:11: 'cell_types.a.volume' is no behaviour, and of a cell type only",
    ),
    (
        "set: {cell_types.a.rules: []}",
        "22:11: 'cell_types.a.rules' cannot change during a run; let the rule's",
    ),
    (
        "set: {cell_types.a.growth: 1 um}",
        "22:32: '1 um' has the wrong dimension; expected a quantity in 1/min",
    ),
    ("set: {cell_types.a.cycle.phases.M.duration: 3}", "22:11: 'cell_types.a.cycle.phases.M.duration' is no"),
]


@pytest.mark.parametrize(("below", "message"), MISTAKES)
def test_a_mistake_is_found_at_its_place(below, message):
    with pytest.raises(ScenarioError, match=re.escape(message)) as caught:
        load_scenario_text(f"{SMALL}    {below}\n", name="s.yaml")
    found = [str(problem) for problem in caught.value.problems]
    assert len(found) == 1, found
    assert found[0].startswith(f"s.yaml:{message}"), found[0]


@pytest.mark.parametrize(
    "below",
    [
        "set: {signals.drug.boundary: {default: {value: 1}}}",
        "set: {signals.drug.boundary.default: {value: null, flux: 1}}",
        "set: {signals.drug.boundary.x_min.value: 1 nM, signals.drug.decay: 1 /h, sources.0.rate: -1 uM/h}",
        "set: {parameters.k: 1}",
        "set: {cell_types.a.cycle.phases.G.rate: 2 /h, networks.gene.parameters.d: 2}",
        "clamp: {network.idle.S: 3}",
        "set: {cell_types.a.growth: 2 /h}\n    where: contact.count(cell.age > 1) > 0",
    ],
)
def test_what_can_be_done(below):
    text = f"{SMALL}    {below}\n".replace("cell.age > 1)", "other.cell.age > 1)")
    scenario = load_scenario_text(text, name="s.yaml")
    assert "interventions\n  at 60 min: " in describe(scenario).replace("at 1 h", "at 60 min")


def test_mistakes_all_come_at_once_and_only_once():
    twice = "set: {signals.drug.decay: -1}\n  - at: 2\n    "
    below = twice + twice + "knockout: Y"
    with pytest.raises(ScenarioError, match="names no species") as caught:
        load_scenario_text(f"{SMALL}    {below}\n", name="s.yaml")
    assert [(p.line, p.column) for p in caught.value.problems] == [(22, 31), (24, 31), (26, 15)]


def test_mistakes_elsewhere_are_not_said_again():
    text = f"{SMALL}    set: {{signals.drug.decay: 1}}\n".replace(
        "cell_types:\n", "cell_types:\n  b: {volum: 1}\n"
    )
    with pytest.raises(ScenarioError, match="unknown key 'volum'") as caught:
        load_scenario_text(text, name="s.yaml")
    assert len(caught.value.problems) == 1


def test_too_many_values_are_refused_without_checking_each():
    lines = "\n".join(f"  - {{at: {n}, set: {{parameters.k: {n}}}}}" for n in range(1, 1001))
    text = SMALL.replace("  - at: 1 h\n", lines + "\n")
    with pytest.raises(ScenarioError, match="values set are too many"):
        load_scenario_text(
            text.replace("\n  a:", "\n" + "".join(f"  a{n}: {{}}\n" for n in range(40)) + "  a:")
        )


def test_what_never_acts_is_said():
    scenario = load_scenario_text(
        SMALL.replace("at: 1 h", "at: 11 h") + "    knockout: network.gene.X\n    fraction: 0\n",
        name="s.yaml",
    )
    places = [warning.partition(": ")[0] for warning in scenario.warnings if ": it " in warning]
    assert places == ["s.yaml:21:9", "s.yaml:23:15"]


def test_a_value_that_an_output_replaces_is_said():
    text = SMALL.replace("    inputs: {in", "    outputs: {growth: X}\n    inputs: {in")
    scenario = load_scenario_text(f"{text}    set: {{cell_types.a.growth: 1}}\n", name="s.yaml")
    assert "s.yaml:23:11: live cells do not follow it: the network gene sets this" in "".join(
        scenario.warnings
    )


def test_the_list_in_words():
    text = SMALL + (
        "    every: 3 h\n    until: 9 h\n    for: 30 min\n    fraction: 0.5\n    where: cell.age > 1\n"
        "    overexpress: {network.gene.X: 5}\n"
    )
    said = describe(load_scenario_text(text))
    expected = (
        "at 1 h, every 3 h until 9 h, for 30 min: overexpress network.gene.X 5 times where cell.age > 1, "
        "in 0.5 of the cells"
    )
    assert expected in said


def test_the_schema_knows_them():
    one = scenario_schema()["$defs"]["InterventionSettings"]
    expected = {"at", "for", "every", "until", "where", "fraction", "set", "knockout", "knockdown", "clamp"}
    assert expected < set(one["properties"])
    assert one["required"] == ["at"]
