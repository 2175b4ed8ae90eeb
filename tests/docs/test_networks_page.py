"""The page on networks says what there is, and what it says is refused is refused, in those words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tissue_sim.errors import TissueSimError
from tissue_sim.network.kind import kinds
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.settings import SOURCES
from tissue_sim.network.simulate import simulate
from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.tissue.distributions import parse_distribution

PAGE = Path(__file__).parents[2] / "docs" / "networks.md"
TEXT = PAGE.read_text(encoding="utf-8")
LONGEST_PAGE = 225
WIDEST_LINE = 120


def section(title: str) -> str:
    """Return what stands under a heading."""
    return TEXT.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def table(text: str) -> list[list[str]]:
    """Return the cells of the rows of tables, without their headings."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    rules = [i for i, row in enumerate(rows) if set(row[0]) == {"-"}]
    return [row for i, row in enumerate(rows) if i not in rules and i + 1 not in rules]


# --- models that hold what is refused -----------------------------------------------------------------

SBML = "http://www.sbml.org/sbml"
CORE = f"{SBML}/level3/version1"
MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">'
SPECIES = (
    '<listOfCompartments><compartment id="cell" size="1" constant="true"/></listOfCompartments>'
    '<listOfSpecies><species id="A" compartment="cell" initialAmount="6" hasOnlySubstanceUnits="true" '
    'boundaryCondition="false" constant="false"/></listOfSpecies>'
    '<listOfParameters><parameter id="k" value="0.5" constant="false"/></listOfParameters>'
)
FIRST = '<listOfCompartments><compartment name="c"/></listOfCompartments>'
DELAY = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/delay">delay</csymbol>'
SUBSTANCE = 'hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false"'


def sbml(body: str, attributes: str = "", namespace: str = f"{CORE}/core", numbers: str = "31") -> None:
    level, version = (f'{key}="{number}"' for key, number in zip(("level", "version"), numbers, strict=True))
    read("sbml", f'<sbml xmlns="{namespace}" {level} {version} {attributes}><model>{body}</model></sbml>')


def package(name: str, required: str = "true") -> None:
    sbml(SPECIES, f'xmlns:{name}="{CORE}/{name}/version1" {name}:required="{required}"')


def rule(kind: str, formula: str) -> str:
    return f"{SPECIES}<listOfRules><{kind}>{MATH}{formula}</math></{kind.split()[0]}></listOfRules>"


def reaction(law: str = f"<kineticLaw>{MATH}<ci>k</ci></math></kineticLaw>", fast: str = "false") -> str:
    return (
        f'{SPECIES}<listOfReactions><reaction id="r" reversible="false" fast="{fast}"><listOfReactants>'
        '<speciesReference species="A" stoichiometry="1" constant="true"/></listOfReactants>'
        f"{law}</reaction></listOfReactions>"
    )


def event(attributes: str) -> str:
    trigger = f"<trigger>{MATH}<apply><gt/><ci>k</ci><cn>1</cn></apply></math></trigger>"
    assignment = f'<eventAssignment variable="k">{MATH}<cn>1</cn></math></eventAssignment>'
    lists = f"<listOfEventAssignments>{assignment}</listOfEventAssignments>"
    return (
        '<listOfParameters><parameter id="k" value="1" constant="false"/></listOfParameters>'
        f'<listOfEvents><event id="e" {attributes}>{trigger}{lists}</event></listOfEvents>'
    )


def qual(core: str = "", levels: int = 1, effect: str = "assignmentLevel") -> None:
    level = 'q:outputLevel="1"' if effect == "production" else ""
    sbml(
        f'<listOfCompartments><compartment id="c" constant="true"/></listOfCompartments>{core}'
        '<q:listOfQualitativeSpecies><q:qualitativeSpecies q:id="A" q:compartment="c" q:constant="false" '
        f'q:maxLevel="{levels}"/></q:listOfQualitativeSpecies><q:listOfTransitions><q:transition q:id="t">'
        f'<q:listOfInputs><q:input q:qualitativeSpecies="A" q:transitionEffect="none"/></q:listOfInputs>'
        f'<q:listOfOutputs><q:output q:qualitativeSpecies="A" q:transitionEffect="{effect}" {level}/>'
        '</q:listOfOutputs><q:listOfFunctionTerms><q:defaultTerm q:resultLevel="0"/></q:listOfFunctionTerms>'
        "</q:transition></q:listOfTransitions>",
        f'xmlns:q="{CORE}/qual/version1" q:required="true"',
    )


def read(key: str, text: str | bytes, cfg: str = "", **given):
    for name in ("parameters", "initial"):
        given[name] = {each: parse_distribution(value) for each, value in given.get(name, {}).items()}
    content = text if isinstance(text, bytes) else text.encode()
    return readers()[key].read(content, "file", Given(further_files=(("cfg", cfg.encode()),), **given))


def onnx(operator: str = "Tanh", external: bool = False, **attributes: int) -> bytes:
    helper = pytest.importorskip("onnx").helper
    kind = helper.TensorProto.DOUBLE if hasattr(helper, "TensorProto") else 11
    weights = helper.make_tensor("w", kind, [1, 1], [1.0])
    if external:
        weights.data_location = weights.EXTERNAL
    inputs = ["x", "w"] if operator in ("Gemm", "MatMul") else ["x"]
    ends = [helper.make_tensor_value_info(name, kind, ["N", 1]) for name in "xy"]
    node = helper.make_node(operator, inputs, ["y"], **attributes)
    graph = helper.make_graph([node], "graph", ends[:1], ends[1:], [weights])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]).SerializeToString()


def learned(content: bytes, **given):
    return read("learned", content, species=("x",), initial={"x": 1}, **given)


def run(method: str, model) -> None:
    simulate(model, [0.0, 1.0], method=method)


def reacting(rate: str = "k*A", line: str = "A ->", more: str = ""):
    return read("equations", f"{line} @ {rate}\n{more}", parameters={"k": 1}, initial={"A": 5, "B": 0})


def scenario(equations: str = "X' = -X", network: str = "", more: str = "") -> None:
    load_scenario_text(
        "tissue_sim: 1\nduration: 1 h\ndomain: {size: [100, 100]}\nnetworks:\n  net:\n"
        f'    equations: "{equations}"\n    initial: {{X: 1}}\n    {network}\n'
        f"cell_types:\n  a: {{networks: [net]}}\n{more}\n",
        name="s.yaml",
    )


def boolean():
    return read("bnet", "A, A")


REFUSED = {
    "SBML Level 1": lambda: sbml(FIRST, namespace=f"{SBML}/level1", numbers="12"),
    "algebraic rules": lambda: sbml(rule("algebraicRule", "<ci>k</ci>")),
    "`delay()`": lambda: sbml(
        rule('assignmentRule variable="k"', f"<apply>{DELAY}<ci>A</ci><cn>1</cn></apply>")
    ),
    "fast reactions": lambda: sbml(reaction(fast="true")),
    "reactions without a rate law": lambda: sbml(reaction(law="")),
    "package comp": lambda: package("comp"),
    "package fbc": lambda: package("fbc", "false"),
    "package distrib": lambda: package("distrib"),
    "an event's own unit of time": lambda: sbml(
        event('timeUnits="second"'), namespace=f"{SBML}/level2", numbers="21"
    ),
    "a DOCTYPE, entities": lambda: read("sbml", '<!DOCTYPE sbml [<!ENTITY a "b">]><sbml/>'),
    "`import` in Antimony": lambda: read("antimony", 'import "other.ant"'),
    "qual: more than two levels": lambda: qual(levels=2),
    "qual: production": lambda: qual(effect="production"),
    "qual beside reactions, species, rules, events": lambda: qual(
        f'<listOfSpecies><species id="S" compartment="c" {SUBSTANCE}/></listOfSpecies>'
    ),
    "bnet with probabilities": lambda: read("bnet", "targets, factors, probabilities\nA, A, 0.5"),
    "bnet: functions, such as `maj(A, B)`": lambda: read("bnet", "A, maj(A, B)"),
    "MaBoSS populations: `division`, `death`": lambda: read("maboss", "division { rate = 1; }"),
    "MaBoSS in discrete time": lambda: read("maboss", "node A { }", "discrete_time = 1;"),
    "other ONNX operators": lambda: learned(onnx("Sin")),
    "ONNX: data in another file": lambda: learned(onnx("MatMul", external=True)),
    "ONNX: `transA`": lambda: learned(onnx("Gemm", transA=1)),
    "names with a dot in equations": lambda: scenario("X' = signal.x"),
    "a value with the name of a function": lambda: scenario("X' = -exp*X"),
    "a rate and reactions for one species": lambda: reacting(more="A' = 1"),
    "events under `map` and the Boolean methods": lambda: run("map", reacting(more="at(A > 9, A = 0)")),
    "triggers that are waves in time, under a stochastic method": lambda: run(
        "tau_leaping", reacting(more="at(sin(time) > 0.5, A = 0)")
    ),
    "rates under a stochastic method": lambda: run("tau_leaping", reacting(more="B' = A")),
    "reaction rates of time": lambda: run("gillespie", reacting("k*time")),
    "parts of molecules": lambda: run("gillespie", reacting(line="0.5 A ->")),
    "a negative rate": lambda: run("gillespie", reacting("-k")),
    "Boolean nodes under a method that is not": lambda: run("ode", boolean()),
    "numbers under a Boolean method": lambda: run("boolean_synchronous", reacting()),
    "learned functions under another method": lambda: run("chemical_langevin", learned(onnx())),
    "`map` without `period`": lambda: run("map", learned(onnx())),
    "`period` under another method": lambda: run("ode", learned(onnx(), period=1.0)),
    "a distributed `time_scale`": lambda: scenario(network='time_scale: "uniform(1, 2)"'),
    "scaling a node of boolean_synchronous or boolean_asynchronous": lambda: kinds()[
        "boolean_synchronous"
    ].with_holds(boolean(), [], ["A"]),
    "scaling what has no production": lambda: scenario(
        "X' = 0", more="interventions: [{at: 1 h, knockdown: {network.net.X: 0.5}}]"
    ),
    "holding what a formula gives": lambda: scenario(
        "X' = -X\\ny = X", more="interventions: [{at: 1 h, knockout: network.net.y}]"
    ),
}
ROWS = table(section("What is refused, and why"))


def test_the_table_and_the_models_are_the_same():
    assert [row[0] for row in ROWS] == list(REFUSED)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_what_the_table_says_is_refused_in_those_words(row):
    if any(word in row[0] for word in ("SBML", "qual", "Antimony", "package", "algebraic", "fast")):
        pytest.importorskip("libsbml")
    pytest.importorskip("onnx")
    feature, words, why = row
    assert why
    parts = [re.escape(part) for part in words.strip("`").split("...")]
    with pytest.raises(TissueSimError, match=".*".join(parts)):
        REFUSED[feature]()


# --- what there is -------------------------------------------------------------------------------------


def test_every_reader_and_every_method_has_a_row():
    formats = "".join(row[0] for row in table(section("Formats")))
    assert [key for key in {*readers(), *SOURCES} if f"`{key}:`" not in formats] == []
    methods = [row[0].strip("`") for row in table(section("Methods"))]
    assert sorted(methods) == sorted(kinds())


def test_the_page_is_short_and_its_examples_run(tmp_path, monkeypatch, tutorial):
    for extra in ("libsbml", "antimony"):
        pytest.importorskip(extra)
    lines = TEXT.splitlines()
    assert len(lines) < LONGEST_PAGE
    assert max(len(line) for line in lines if not line.startswith("|")) <= WIDEST_LINE
    assert sum(line.startswith("```") for line in lines) == 2 * len(tutorial.blocks_of(PAGE))
    monkeypatch.chdir(tmp_path)
    tutorial.read_page(PAGE, "")
