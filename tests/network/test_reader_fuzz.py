"""Whatever stands in equations, SBML or Antimony, the answer is a network or our own error, and it is quick.

Texts are valid ones that were damaged: pieces left out, doubled, swapped or replaced by others.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable
from copy import deepcopy
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tissue_sim.errors import SettingsError
from tissue_sim.network.analysis.listing import listing
from tissue_sim.network.fit import check_fit
from tissue_sim.network.kind import kinds
from tissue_sim.network.reader import Given, readers
from tissue_sim.tissue.distributions import parse_distribution

LONGEST = 2.0
"""Seconds that one text may take."""
FUZZ = settings(deadline=None, max_examples=200, derandomize=True, suppress_health_check=list(HealthCheck))

EQUATIONS = """\
bind: A + 2 B -> C @ k*A*B^2     # a reaction
-> A @ k; A -> @ 0.5*A
C <-> A + B @ k*C, l*A*B
total = A + max(B, 2*C) / (1 + exp(-time))
D' = if(total > 3, k, -l*D) + food
at(D > 1 and not (A < 2), D = D/2, l = 2*l, delay = 0.5, priority = -1, persistent = false)
"""
CORE = "http://www.sbml.org/sbml/level3/version2/core"
MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">'
SBML = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="{CORE}" level="3" version="2"><model id="m" timeUnits="second">
<listOfFunctionDefinitions><functionDefinition id="f">{MATH}<lambda><bvar><ci>x</ci></bvar>
<apply><plus/><ci>x</ci><cn type="integer">1</cn></apply></lambda></math></functionDefinition>
</listOfFunctionDefinitions>
<listOfCompartments><compartment id="cell" size="2" spatialDimensions="3" constant="false"/>
</listOfCompartments>
<listOfSpecies>
<species id="A" compartment="cell" initialAmount="6" hasOnlySubstanceUnits="false"
boundaryCondition="false" constant="false"/>
<species id="B" compartment="cell" initialConcentration="3" hasOnlySubstanceUnits="true"
boundaryCondition="false" constant="false"/>
</listOfSpecies>
<listOfParameters><parameter id="k" value="0.5" constant="false"/><parameter id="y" constant="false"/>
</listOfParameters>
<listOfInitialAssignments><initialAssignment symbol="k">{MATH}<apply><times/><cn>2</cn><ci>cell</ci>
</apply></math></initialAssignment></listOfInitialAssignments>
<listOfRules><rateRule variable="cell">{MATH}<cn>0.1</cn></math></rateRule>
<assignmentRule variable="y">{MATH}<piecewise><piece><cn>1</cn><apply><gt/><ci>A</ci><cn>2</cn></apply>
</piece>
<otherwise><apply><ci>f</ci><ci>A</ci></apply></otherwise></piecewise></math></assignmentRule>
</listOfRules>
<listOfReactions><reaction id="r" reversible="false"><listOfReactants>
<speciesReference id="n" species="A" stoichiometry="2" constant="true"/></listOfReactants>
<listOfProducts>
<speciesReference species="B" stoichiometry="1" constant="true"/></listOfProducts><kineticLaw>{MATH}
<apply><times/><ci>k</ci><ci>q</ci><ci>A</ci></apply></math><listOfLocalParameters>
<localParameter id="q" value="3"/>
</listOfLocalParameters></kineticLaw></reaction></listOfReactions>
<listOfEvents><event id="e" useValuesFromTriggerTime="true">
<trigger initialValue="true" persistent="false">{MATH}
<apply><lt/><ci>A</ci><cn>1</cn></apply></math></trigger><priority>{MATH}<cn>1</cn></math></priority>
<delay>{MATH}<cn>0.5</cn></math></delay><listOfEventAssignments><eventAssignment variable="A">{MATH}
<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol>
</math></eventAssignment></listOfEventAssignments></event></listOfEvents></model></sbml>
"""
ANTIMONY = """\
function f(x, y)
  x*y + 1
end
model cascade
  compartment cell = 2; species A in cell, $B in cell, C, D;
  R1: A + 2 B -> C; k*A*B^2
  R2: C => ; f(k, C)
  D' = 0.1*time
  y := piecewise(A, A > 3, 2*A)
  k = 0.5; A = 3; B = 1e-3; C = 2; D = 1
  at (C > 4 && time > 1): C = 0, k = k + 1
  E: at 0.5 after (C < 1), priority = 2, persistent = false: C = f(A, 1)
  unit minute = 60 second
end
"""
PIECE = {
    "equations": r"\w+|\s+|.",
    "sbml": r"<[^>]*>|[^<]+",
    "antimony": r"\w+|\s+|[-=:><&|]+|.",
}
WORD = re.compile(r'"[^"]*"|\w+')
ODD = st.sampled_from(
    ["", "0", "-1", "1e999", "nan", "A", "A", "k", "cell", "time", "e", "f", "n", "é", "\x00", "(", ")", "'",
     '"', "@", "->", "=", "\n", "__x", "9**9", "9" * 400, "a" * 300, "true", "&amp;", "&lol;", "<",
     "<ci>A</ci>", "<apply/>", "<cn>x</cn>", "import", "end", "model", "delay", "rateOf", "x := y"]
)  # fmt: skip
CHANGE = st.tuples(
    st.sampled_from(["drop", "double", "swap", "odd", "word"]), st.floats(0, 1), st.floats(0, 1), ODD
)
CHANGES = st.lists(CHANGE, min_size=1, max_size=4)


def damaged(key: str, text: str, changes: list[tuple[str, float, float, str]]) -> str:
    """Return a text in which pieces were changed; places are parts of its length."""
    pieces = re.findall(PIECE[key], text, flags=re.DOTALL)
    for what, first, second, odd in changes:
        i, j = (min(int(place * len(pieces)), len(pieces) - 1) for place in (first, second))
        if what == "drop":
            del pieces[i : i + 1 + int(5 * second)]
        elif what == "double":
            pieces[i:i] = pieces[i : i + 1 + int(8 * second)]
        elif what == "swap":
            pieces[i], pieces[j] = pieces[j], pieces[i]
        elif what == "odd":
            pieces.insert(i, odd)
        else:  # a word or a quoted value within a piece
            words = list(WORD.finditer(pieces[i]))
            if words:
                word = words[int(second * (len(words) - 1))]
                new = f'"{odd}"' if word[0].startswith('"') else odd
                pieces[i] = pieces[i][: word.start()] + new + pieces[i][word.end() :]
        if not pieces:
            break
    return "".join(pieces)


def damaged_tree(changes: list[tuple[str, float, float, str]]) -> str:
    """Return an SBML document, still well-formed, whose elements and attributes were changed."""
    root = ElementTree.fromstring(SBML)
    for what, first, second, odd in changes:
        parents = [(each, child) for each in root.iter() for child in each]
        parent, child = parents[min(int(first * len(parents)), len(parents) - 1)]
        other = parents[min(int(second * len(parents)), len(parents) - 1)][1]
        if what == "drop":
            parent.remove(child)
        elif what == "double":
            parent.append(deepcopy(child))
        elif what == "swap":  # something of elsewhere in its place
            parent.remove(child)
            parent.append(deepcopy(other))
        elif what == "odd" or not child.attrib:
            child.text = odd.replace("\0", "")
        else:
            names = sorted(child.attrib)
            child.set(names[int(second * (len(names) - 1))], odd.replace("\0", ""))
        if not len(root):
            break
    return ElementTree.tostring(root, encoding="unicode")


def given_of(key: str) -> Given:
    if key != "equations":
        return Given()
    parameters = {name: parse_distribution(0.5) for name in "kl"}
    return Given(parameters, {name: parse_distribution(1) for name in "ABCD"}, ("food",))


def read(key: str, text: str) -> None:
    """Read a text, list what was read and ask every kind about it."""
    began = time.perf_counter()
    with contextlib.suppress(SettingsError):
        model = readers()[key].read(text.encode(), "file", given_of(key))
        assert listing(model)
        for kind in kinds().values():
            with contextlib.suppress(SettingsError):
                check_fit(kind, model)
    assert time.perf_counter() - began < LONGEST, text


def check_all(strategy: st.SearchStrategy[str], key: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Read texts; nothing is written past us, by libraries in C either."""

    @FUZZ
    @given(strategy)
    def check(text: str) -> None:
        read(key, text)
        out, err = capfd.readouterr()
        assert (out, err) == ("", ""), text

    capfd.readouterr()
    check()


def of(key: str, text: str) -> Callable[[list[tuple[str, float, float, str]]], str]:
    return lambda changes: damaged(key, text, changes)


TEXTS = {"equations": EQUATIONS.replace("; A -> @", "\nA -> @"), "sbml": SBML, "antimony": ANTIMONY}


@pytest.mark.parametrize("key", TEXTS)
def test_what_is_damaged_can_be_read_whole(key, capfd):
    if key != "equations":
        pytest.importorskip(key.replace("sbml", "libsbml"))
    model = readers()[key].read(TEXTS[key].encode(), "file", given_of(key))
    assert model.species
    assert model.reactions
    assert model.events
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("key", TEXTS)
def test_damaged_texts_are_read_or_refused(key, capfd):
    if key != "equations":
        pytest.importorskip(key.replace("sbml", "libsbml"))
    check_all(CHANGES.map(of(key, TEXTS[key])), key, capfd)


def test_damaged_elements_are_read_or_refused(capfd):
    pytest.importorskip("libsbml")
    check_all(CHANGES.map(damaged_tree), "sbml", capfd)


@pytest.mark.parametrize("key", TEXTS)
def test_any_text_is_read_or_refused(key, capfd):
    if key != "equations":
        pytest.importorskip(key.replace("sbml", "libsbml"))
    check_all(st.one_of(st.text(max_size=80), st.lists(ODD, max_size=20).map(" ".join)), key, capfd)
