"""Reading SBML: what the values mean, what is refused by name, and hostile files."""

from __future__ import annotations

import sys
import time

import pytest

from tissue_sim.codegen.syntax import Name, Number
from tissue_sim.errors import MissingExtraError, SettingsError
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.sbml import guard
from tissue_sim.tissue.distributions import parse_distribution

pytest.importorskip("libsbml")

CORE = "http://www.sbml.org/sbml/level3/version1/core"
COMP = "http://www.sbml.org/sbml/level3/version1/comp/version1"
L3 = f'<?xml version="1.0" encoding="UTF-8"?>\n<sbml xmlns="{CORE}" level="3" version="1">'
MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">'


def document(body: str, attributes: str = "") -> bytes:
    return f'{L3}<model id="m" {attributes}>{body}</model></sbml>'.encode()


def read(content: bytes, given: Given | None = None):
    return readers()["sbml"].read(content, "model.xml", given or Given())


COMPARTMENT = '<listOfCompartments><compartment id="cell" size="2" constant="true"/></listOfCompartments>'
SPECIES = (
    '<listOfSpecies><species id="A" compartment="cell" initialAmount="6" hasOnlySubstanceUnits="false" '
    'boundaryCondition="false" constant="false"/><species id="B" compartment="cell" '
    'initialConcentration="3" hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false"/>'
    "</listOfSpecies>"
)
PARAMETERS = '<listOfParameters><parameter id="k" value="0.5" constant="true"/></listOfParameters>'


def reaction(extra: str = "", law: str = "<ci> k </ci>") -> str:
    return (
        f'<listOfReactions><reaction id="r" reversible="false" {extra or FAST_NO}><listOfReactants>'
        '<speciesReference species="A" stoichiometry="2" constant="true"/></listOfReactants>'
        '<listOfProducts><speciesReference species="B" stoichiometry="1" constant="true"/></listOfProducts>'
        f"<kineticLaw>{MATH}{law}</math></kineticLaw></reaction></listOfReactions>"
    )


FAST_NO = 'fast="false"'


def test_values_are_concentrations_unless_only_substance_units():
    model = read(document(COMPARTMENT + SPECIES + PARAMETERS + reaction()))
    first, second = model.species
    assert (first.amount, second.amount) == (False, True)
    assert second.initial.operator == "*"
    assert model.rates()[1] == Name(("r",))
    assert model.reactions[0].changes == (("A", Number(-2.0)), ("B", Number(1.0)))


def test_parameters_initial_values_and_inputs_of_the_scenario_replace_those_of_the_file():
    given = Given({"cell": parse_distribution(4)}, {"A": parse_distribution("normal(1, 0.1)")}, ("k",))
    model = read(document(COMPARTMENT + SPECIES + PARAMETERS + reaction()), given)
    assert model.inputs == ("k",)
    assert model.parameter_names == ("cell",)
    assert model.species[0].initial.kind == "normal"
    with pytest.raises(SettingsError, match="no parameter 'kk' to take as input; did you mean 'k'"):
        read(document(COMPARTMENT + SPECIES + PARAMETERS + reaction()), Given(inputs=("kk",)))
    with pytest.raises(SettingsError, match="'A' is a species that the network itself changes"):
        read(document(COMPARTMENT + SPECIES + PARAMETERS + reaction()), Given(inputs=("A",)))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            PARAMETERS + f"<listOfRules><algebraicRule>{MATH}<ci>k</ci></math></algebraicRule></listOfRules>",
            "algebraic rule number 1",
        ),
        (COMPARTMENT + SPECIES + PARAMETERS + reaction('fast="true"'), "reaction 'r' is fast"),
        (
            COMPARTMENT
            + SPECIES
            + PARAMETERS
            + reaction(
                law='<apply><csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/delay">'
                "delay</csymbol><ci>k</ci><cn>1</cn></apply>"
            ),
            r"reaction 'r' uses delay\(\)",
        ),
        (
            COMPARTMENT + SPECIES + PARAMETERS + reaction(law="<ci> unknown </ci>"),
            "uses 'unknown', which is not declared",
        ),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(body, message):
    with pytest.raises(SettingsError, match=message):
        read(document(body))


def test_packages_that_change_the_mathematics_are_refused():
    text = (
        document(PARAMETERS)
        .decode()
        .replace(
            'level="3"',
            f'xmlns:comp="{COMP}" comp:required="true" level="3"',
        )
    )
    with pytest.raises(SettingsError, match="package 'comp'"):
        read(text.encode())


def test_constraints_are_noted():
    body = (
        PARAMETERS + f"<listOfConstraints><constraint>{MATH}<true/></math></constraint></listOfConstraints>"
    )
    assert any("constraint" in note for note in read(document(body)).notes)


def test_a_function_that_calls_itself_is_refused():
    function = (
        f'<listOfFunctionDefinitions><functionDefinition id="f">{MATH}<lambda><bvar><ci>x</ci></bvar>'
        "<apply><ci>f</ci><ci>x</ci></apply></lambda></math></functionDefinition></listOfFunctionDefinitions>"
    )
    with pytest.raises(SettingsError, match="function 'f' calls itself"):
        read(
            document(
                function
                + COMPARTMENT
                + SPECIES
                + PARAMETERS
                + reaction(law="<apply><ci>f</ci><ci>k</ci></apply>")
            )
        )


def test_functions_that_grow_when_put_in_are_refused():
    def doubling(i: int) -> str:
        inner = f"<apply><ci>f{i - 1}</ci><ci>x</ci></apply>" if i else "<ci>x</ci>"
        return (
            f'<functionDefinition id="f{i}">{MATH}<lambda><bvar><ci>x</ci></bvar>'
            f"<apply><plus/>{inner}{inner}</apply></lambda></math></functionDefinition>"
        )

    functions = "".join(doubling(i) for i in range(40))
    body = (
        f"<listOfFunctionDefinitions>{functions}</listOfFunctionDefinitions>"
        + COMPARTMENT
        + SPECIES
        + PARAMETERS
    )
    began = time.perf_counter()
    with pytest.raises(SettingsError, match="too large"):
        read(document(body + reaction(law="<apply><ci>f39</ci><ci>k</ci></apply>")))
    assert time.perf_counter() - began < 20.0


BOMB = b"""<?xml version="1.0"?><!DOCTYPE sbml [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<sbml xmlns="http://www.sbml.org/sbml/level2/version4" level="2" version="4"><model id="&b;"/></sbml>"""
EXTERNAL = b"""<?xml version="1.0"?><!DOCTYPE sbml SYSTEM "file:///etc/passwd"><sbml/>"""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (BOMB, "has a DOCTYPE"),
        (EXTERNAL, "has a DOCTYPE"),
        (b"not xml at all", r"model.xml:1:\d+: not well-formed XML"),
        (b"", "not well-formed XML"),
        (b"<html><body/></html>", "no SBML file: its first element is <html>"),
        (b"<sbml>" + b"<a>" * 200 + b"</a>" * 200 + b"</sbml>", "more than 120 deep"),
        (document(PARAMETERS).replace(b'level="3"', b'level="9"'), "model.xml:2"),
        (
            b'<sbml xmlns="http://www.sbml.org/sbml/level1" level="1" version="2"><model name="m"/></sbml>',
            "Level",
        ),
        ("<sbml>\N{PILE OF POO}".encode()[:-1], "not well-formed"),
    ],
)
def test_hostile_and_broken_files_are_refused(content, message):
    with pytest.raises(SettingsError, match=message):
        read(content)


def test_size_and_number_of_elements_are_limited(monkeypatch):
    with pytest.raises(SettingsError, match="at most 16777216 bytes"):
        read(b" " * (guard.LARGEST + 1))
    monkeypatch.setattr(guard, "MOST_ELEMENTS", 3)
    with pytest.raises(SettingsError, match="more than 3 elements"):
        read(document(PARAMETERS))


def test_without_libsbml_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "libsbml", None)
    with pytest.raises(MissingExtraError, match=r"tissue-sim\[sbml\]"):
        read(document(PARAMETERS))


def test_ids_that_are_no_names_here_are_changed_and_said():
    parameters = (f'<parameter id="{name}" value="1" constant="true"/>' for name in ("__a__b", "time"))
    model = read(document(f"<listOfParameters>{''.join(parameters)}</listOfParameters>"))
    assert model.parameter_names == ("a_b", "time_")
    assert "'time' is called 'time_' here" in model.notes


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ('<unit kind="second" exponent="1" scale="0" multiplier="60"/>', "min"),
        ('<unit kind="second" exponent="1" scale="-3" multiplier="1"/>', "ms"),
        ('<unit kind="metre" exponent="1" scale="0" multiplier="1"/>', None),
    ],
)
def test_the_unit_of_time_is_read(unit, expected):
    definition = f'<unitDefinition id="t"><listOfUnits>{unit}</listOfUnits></unitDefinition>'
    body = f"<listOfUnitDefinitions>{definition}</listOfUnitDefinitions>"
    assert read(document(body, 'timeUnits="t"')).time_unit == expected


def test_antimony_becomes_sbml():
    pytest.importorskip("antimony")
    model = readers()["antimony"].read(
        b"model m\n A -> B; k*A\n A = 3; B = 0; k = 0.5\nend", "m.ant", Given()
    )
    assert set(model.species_names) == {"A", "B"}
    with pytest.raises(SettingsError, match=r"m\.ant: .*line 1"):
        readers()["antimony"].read(b"A -> -> B", "m.ant", Given())
    with pytest.raises(SettingsError, match="imports another file"):
        readers()["antimony"].read(b'import "other.ant"', "m.ant", Given())
