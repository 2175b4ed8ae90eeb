"""Readers of Boolean networks: what they understand, where their errors stand, hostile text."""

from __future__ import annotations

import contextlib
import itertools
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.syntax import Name, Number
from tissue_sim.errors import SettingsError
from tissue_sim.network.reader import Given, readers


def values_of(tree, names):
    """Evaluate a rule in all states of `names`."""
    return [
        evaluate(tree, lambda each, state=state: dict(zip(names, state, strict=True))[each.path[0]])
        for state in itertools.product((0.0, 1.0), repeat=len(names))
    ]


# --- .bnet --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["", "targets, factors\n", "# a comment\n\ntargets,factors # more\n"])
def test_bnet_rules_with_and_without_header(net, header):
    model = net.bnet(header + "A, B & !C | A\r\n B,(A)\nC,  not A and (B or 1)  # comment\nD, FALSE\nE, E\n")
    assert model.species_names == ("A", "B", "C", "D", "E")
    a, b, c, d, _ = (node.logic for node in model.nodes)
    assert values_of(a, "ABC") == [
        bool((B and not C) or A) for A, B, C in itertools.product((0, 1), repeat=3)
    ]
    assert b == Name(("A",))
    assert values_of(c, "AB") == [1.0, 1.0, 0.0, 0.0]
    assert d == Number(0.0)
    names = frozenset(model.species_names)
    assert [node.rests(names) for node in model.nodes] == [False, False, False, False, True]
    assert all(species.initial == Number(0.5) for species in model.species)


def test_a_name_without_a_rule_is_a_free_input_with_a_note(net):
    model = net.bnet("A, B & C", inputs=["C"])
    assert net.bnet("frozen, phase\nphase, frozen").species_names == ("frozen_", "phase")
    assert model.species_names == ("A", "B")
    assert model.inputs == ("C",)
    assert model.notes == ("'B' has no rule: it is a free input, as if by 'B, B'",)


def test_inputs_replace_free_inputs_only(net):
    with pytest.raises(SettingsError, match="input 'A' is a species that the network itself changes"):
        net.bnet("A, B\nB, B", inputs=["A"])
    with pytest.raises(SettingsError, match="no parameter 'Z' to take as input"):
        net.bnet("A, B\nB, B", inputs=["Z"])


def test_names_become_names_of_the_package(net):
    model = net.bnet("4EBP1, x.y & time\nx.y, _a__b\n_a__b, !4EBP1\ntime, pi")
    assert model.species_names == ("x4EBP1", "x_y", "a_b", "time_", "pi_")
    assert model.renamed["time"] == "time_"
    assert "'4EBP1' is called 'x4EBP1' here" in model.notes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A, B &", r"x.bnet:1:7: expected a name, a number or '\(', found the end"),
        ("A, B\nB A", r"x.bnet:2:3: expected ',' between the target and its rule, found 'A'"),
        ("A, B\nA, B", r"x.bnet:2:1: 'A' has a second rule"),
        ("A, (B | C", r"x.bnet:1:4: '\(' is not closed"),
        ("A, B) | C", r"x.bnet:1:5: expected the end of the rule or an operator, found '\)'"),
        ("A, B C", r"x.bnet:1:6: expected the end of the rule"),
        ("A, B = C", r"x.bnet:1:6: unexpected character '='"),
        ("A, 2", r"x.bnet:1:4: '2' is no number"),
        ("A, maj(B, C)", r"x.bnet:1:4: unknown function 'maj'"),
        ("targets, factors, probabilities\nA, B, 0.5", "rules with probabilities are not supported"),
        ("A, __import__('os').system('x')", r"x.bnet:1:4: unknown function '__import__'"),
        ("A, B\x00", "unexpected character"),
        ("", "x.bnet has no nodes"),
        ("# nothing", "has no nodes"),
    ],
)
def test_mistakes_in_bnet_files_are_located(net, text, message):
    with pytest.raises(SettingsError, match=message):
        net.bnet(text)


# --- MaBoSS -------------------------------------------------------------------------------------------

BND = """
/* two
   lines */
node A {
  description = "a node; with } signs";
  limit = @logic ? 2 : 0;      // used by name
  logic = (NOT B XOR C) AND TRUEISH;
  rate_up = @limit*$u + 0.5;
  rate_down = B ? $d : (A == 1 ? 0.25 : 1e3);
}
Node B { }
NODE C { logic = A OR B && !C; rate_up = @logic ? 1.0 : 0.0; }
node TRUEISH { rate_up = 0; rate_down = 0; }
D : A | B;
"""
CFG = """
time_tick = 0.5; max_time = 10; discrete_time = 0;
$u = 3; $d = $u/2 + 1;
A.istate = 1; C.istate = -1; B.is_internal = TRUE; A.refstate = 1; B.refstate = -1;
[TRUEISH].istate = 0.3 [1], $u/10 [0];
[B, D].istate = 0.25 [0, 1], 0.75 [1, 0];
;
"""


def test_maboss_files(net):
    model = net.maboss(BND, CFG)
    assert model.species_names == ("A", "B", "C", "TRUEISH", "D")
    assert {p.name: p.value.parameters[0] for p in model.parameters} == {"u": 3.0, "d": 2.5}
    a, b, c, trueish, d = model.nodes
    assert (b.internal, a.internal) == (True, False)
    assert (a.reference, b.reference, c.reference) == (True, None, None)

    def rate(tree, **state):
        return evaluate(tree, lambda name: {"u": 3.0, "d": 2.5, **state}[name.path[0]])

    # OR binds tighter than XOR: (NOT B) XOR C
    assert rate(a.up, A=0.0, B=0.0, C=0.0, TRUEISH=1.0) == 6.5
    assert rate(a.up, A=0.0, B=0.0, C=1.0, TRUEISH=1.0) == 0.5
    assert rate(a.down, A=1.0, B=0.0) == 0.25
    assert rate(a.down, A=1.0, B=1.0) == 2.5
    assert (rate(b.up), rate(b.down)) == (0.0, 0.0)  # nothing is said: it stays
    assert rate(c.up, A=0.0, B=1.0, C=1.0) == 0.0
    assert rate(c.down, A=0.0, B=1.0, C=1.0) == 1.0  # by the logic, which has no rate_down of its own
    assert rate(d.up, A=1.0, B=0.0) == 1.0
    initial = {species.name: species.initial for species in model.species}
    assert initial["A"] == Number(1.0)
    assert initial["C"] == Number(0.5)
    assert rate(initial["TRUEISH"]) == 0.5
    assert model.joint[0].names == ("B", "D")
    assert trueish.rests(frozenset(model.species_names))
    assert model.notes == (
        "settings of MaBoSS's own runs are passed over: time_tick, max_time, discrete_time",
    )


def test_later_files_and_the_scenario_win(net):
    more = Given(
        net.given(parameters={"u": 7}, initial={"C": 0.25}).parameters,
        net.given(initial={"B": 0.25}).initial,
        further_files=(("a.cfg", CFG.encode()), ("b.cfg", b"$d = 9; A.istate = 0; [TRUEISH].istate=1[1];")),
        mutants={"C": True},
    )
    model = readers()["maboss"].read(BND.encode(), "x.bnd", more)
    assert {p.name: p.value.parameters[0] for p in model.parameters} == {"u": 7.0, "d": 9.0}
    initial = {species.name: species.initial for species in model.species}
    assert initial["A"] == Number(0.0)
    assert model.joint[0].names == ("D",)  # B has its own now
    assert model.nodes[2].rests(frozenset(model.species_names))
    assert initial["C"] == Number(1.0)


@pytest.mark.parametrize(
    ("bnd", "cfg", "message"),
    [
        ("node A { logic = B; }", "", r"x.bnd:1:18: there is no node 'B'"),
        ("node A { rate_up = @nothing; }", "", r"x.bnd:1:20: node 'A' has no attribute 'nothing'"),
        ("node A { x = @y; y = @x; }", "", r"x.bnd:1:\d+: attribute '[xy]' depends on itself"),
        ("node A { rate_up = 1 }", "", r"x.bnd:1:22: expected ';' after the value of 'rate_up', found '}'"),
        ("node A { rate_up = 1; rate_up = 2; }", "", r"x.bnd:1:23: .* second attribute 'rate_up'"),
        ("node A { }\nnode A { }", "", r"x.bnd:2:6: node 'A' is given twice"),
        ("node A { rate_up = $k; }", "", "variable 'k' of node 'A' has no value"),
        ("node A { rate_up = 1 ? 2; }", "", r"x.bnd:1:25: expected ':' of a choice"),
        ("node A { rate_up = (1 ? 2); }", "", r"x.bnd:1:26: expected ':' of a choice"),
        ("node A { rate_up = 9**9; }", "", r"x.bnd:1:22: expected a name, a number or '\('"),
        ("node A { rate_up = #cell(A); }", "", r"x.bnd:1:20: expected a name"),
        ("death { rate = 1; }", "", r"x.bnd:1:1: a 'death' block"),
        ("node A { rate_up = 1e999; }", "", r"x.bnd:1:20: 1e999 is too large"),
        ("node A { rate_up = system(1); }", "", r"x.bnd:1:20: unknown function 'system'"),
        ("/* node A { }", "", r"x.bnd:1:1: the comment /\* is not closed"),
        ('node A { d = "x; }', "", r"x.bnd:1:14: the quotes are not closed"),
        ("node A { }", "B.istate = 1;", r"x.cfg:1:1: the .bnd file has no node 'B'"),
        ("node A { }", "A.colour = 1;", r"x.cfg:1:3: unknown attribute 'colour'"),
        ("node A { }", "sample_cont = 1;", r"x.cfg:1:1: 'sample_cont' is no setting.*'sample_count'"),
        ("node A { }", "discrete_time = 1;", r"x.cfg:1:1: discrete_time = 1 is not supported"),
        ("node A { }", "$k = $j;", r"x.cfg:1:6: the variable '\$j' has no value here"),
        ("node A { }", "$k = 1/0;", r"x.cfg:1:6: the value is not a finite number"),
        ("node A { }", "$k = A;", r"x.cfg:1:6: 'A' is no number"),
        ("node A { }", "[A].istate = 1 [0, 1];", r"x.cfg:1:16: the state has 2 values for 1 nodes"),
        ("node A { }", "[A, A].istate = 1 [0, 1];", r"x.cfg:1:5: node 'A' stands twice"),
        ("node A { }", "[A].refstate = 1 [0];", r"x.cfg:1:5: a group of nodes has the attribute istate"),
    ],
)
def test_mistakes_in_maboss_files_are_located(net, bnd, cfg, message):
    with pytest.raises(SettingsError, match=message):
        net.maboss(bnd, cfg)


def test_unknown_mutants_and_initial_values_are_refused(net):
    with pytest.raises(SettingsError, match="mutants: there is no node 'B'"):
        net.maboss("node A { }", mutants={"B": True})
    with pytest.raises(SettingsError, match="initial value of node 'A' is 2; it is the probability"):
        net.bnet("A, A", initial={"A": 2})


# --- SBML-qual ----------------------------------------------------------------------------------------

QUAL = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1" qual:required="true"
  xmlns:qual="http://www.sbml.org/sbml/level3/version1/qual/version1">
<model id="m"><listOfCompartments><compartment id="c" constant="true"/></listOfCompartments>{core}
<qual:listOfQualitativeSpecies>
<qual:qualitativeSpecies qual:id="A" qual:compartment="c" qual:constant="false" qual:initialLevel="1"
  qual:maxLevel="{levels}"/>
<qual:qualitativeSpecies qual:id="B" qual:compartment="c" qual:constant="true" qual:maxLevel="1"/>
</qual:listOfQualitativeSpecies>
<qual:listOfTransitions><qual:transition qual:id="t">
<qual:listOfInputs><qual:input qual:id="theta" qual:qualitativeSpecies="B" qual:transitionEffect="{use}"
  qual:thresholdLevel="1"/></qual:listOfInputs>
<qual:listOfOutputs><qual:output qual:qualitativeSpecies="{target}" qual:transitionEffect="{effect}"
  {level}/></qual:listOfOutputs>
<qual:listOfFunctionTerms><qual:defaultTerm qual:resultLevel="{default}"/>
<qual:functionTerm qual:resultLevel="{result}"><math xmlns="http://www.w3.org/1998/Math/MathML">
<apply><geq/><ci>B</ci><ci>theta</ci></apply></math></qual:functionTerm>
</qual:listOfFunctionTerms></qual:transition></qual:listOfTransitions></model></sbml>"""
USUAL = {
    "core": "", "levels": 1, "use": "none", "target": "A", "effect": "assignmentLevel", "level": "",
    "default": 0, "result": 1,
}  # fmt: skip


def qual(**changes):
    pytest.importorskip("libsbml")
    return readers()["sbml"].read(QUAL.format(**USUAL | changes).encode(), "q.xml", Given())


def test_qualitative_models_become_boolean_nodes():
    model = qual()
    assert model.species_names == ("A", "B")
    assert values_of(model.nodes[0].logic, "B") == [0.0, 1.0]
    assert values_of(qual(default=1, result=0).nodes[0].logic, "B") == [1.0, 0.0]
    assert model.nodes[1].rests(frozenset("AB"))
    assert [species.initial for species in model.species] == [Number(1.0), Number(0.5)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"levels": 2}, "qualitative species 'A' has levels up to 2"),
        ({"result": 2}, "transition 't' sets the level 2"),
        ({"use": "consumption"}, "transition 't' consumes its input"),
        ({"target": "B"}, "'B', which is constant|constant"),
        ({"effect": "production", "level": 'qual:outputLevel="1"'}, "has the effect 'production' on 'A'"),
        (
            {
                "core": '<listOfSpecies><species id="S" compartment="c" hasOnlySubstanceUnits="false" '
                'boundaryCondition="false" constant="false"/></listOfSpecies>'
            },
            "species 'S' stands beside qualitative species",
        ),
    ],
)
def test_what_qualitative_models_may_not_hold_is_named(changes, message):
    with pytest.raises(SettingsError, match=message):
        qual(**changes)


# --- hostile text -------------------------------------------------------------------------------------

BRACKETS = "(" * 10_000 + "A" + ")" * 10_000
LONG = "A & " * 250_000 + "A"
HOSTILE = [
    BRACKETS,
    LONG,
    "!" * 10_000 + "A",
    "A" * 1_000_000,
    "A ? A : " * 10_000 + "A",
    "A ? " * 10_000 + "A",
    "A + " * 10_000 + "A",
    "__import__('os').system('touch hacked')",
    "9**9**9**9",
    "1e99999 + A",
    "0x" + "f" * 1_000_000,
    '"' * 10_000,
    "/*" * 10_000,
    "@a@" * 10_000,
    "\x00\x01",
    "é" * 1000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_gives_our_own_errors_quickly(text):
    for key, content in (
        ("bnet", f"A, {text}"),
        ("maboss", f"node A {{ rate_up = {text}; }}"),
        ("maboss", f"node A {{ logic = {text}; rate_up = @logic ? 1 : 0; }}"),
    ):
        began = time.perf_counter()
        with pytest.raises(SettingsError, match=r"x:1:\d+: |longer than"):
            readers()[key].read(content.encode(), "x", Given())
        assert time.perf_counter() - began < 3.0


def test_attributes_that_double_are_refused_before_they_are_put_in(net):
    doubling = "".join(f"a{i} = @a{i + 1} & @a{i + 1};" for i in range(60))
    began = time.perf_counter()
    with pytest.raises(SettingsError, match=r"x.bnd:1:6: attribute 'a\d+' .* more than 200000 names"):
        net.maboss(f"node A {{ {doubling} a60 = A; logic = @a0; }}")
    assert time.perf_counter() - began < 3.0


def test_bytes_that_are_no_text_and_files_too_large():
    for key in ("bnet", "maboss"):
        with pytest.raises(SettingsError, match="no text in UTF-8"):
            readers()[key].read(b"A, \xff", "x", Given())
        with pytest.raises(SettingsError, match="at most 8388608 are read"):
            readers()[key].read(b" " * (8 * 2**20 + 1), "x", Given())


PIECES = st.lists(
    st.sampled_from(
        [
            "A", "B", "node ", "{", "}", "(", ")", "logic", "rate_up", "=", ";", ",", ":", "?", "&", "|", "!",
            "^", "XOR", "not ", "$k", "@logic", "1", "0.5", "1e3", "-", "*", "/", "<=", "==", "\n", "#", "//",
            "/*", "*/", "[", "]", ".istate", ".is_internal", "targets, factors", '"', "division", "exp", "é",
        ]
    ),
    max_size=40,
)  # fmt: skip


@given(PIECES, st.sampled_from(["bnet", "maboss", "cfg"]))
@example(["node ", "A", "{", "}"], "maboss")
@settings(max_examples=400, deadline=None)
def test_any_text_gives_a_network_or_our_own_error(pieces, key):
    text = " ".join(pieces).encode()
    with contextlib.suppress(SettingsError):
        if key == "cfg":
            readers()["maboss"].read(b"node A { }\nnode B { }", "x", Given(further_files=(("c", text),)))
        else:
            readers()[key].read(text, "x", Given())
