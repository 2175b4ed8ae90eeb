"""Events of SBML and Antimony files: every attribute, volumes, what is noted and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.codegen.syntax import Compare, Name, Number
from tissue_sim.errors import SettingsError
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.simulate import simulate

pytest.importorskip("libsbml")

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">'
TIME = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time"> t </csymbol>'


def math(content: str) -> str:
    return f"{MATH}{content}</math>"


def after(moment: float) -> str:
    return f"<trigger>{math(f'<apply><geq/>{TIME}<cn> {moment} </cn></apply>')}</trigger>"


def document(events: str, level: int = 3, more: str = "") -> bytes:
    """Return a model: a cell of changing size with species A, as L3V2 or L2V4."""
    name = "level3/version2/core" if level == 3 else "level2/version4"
    version = 2 if level == 3 else 4
    needed = 'boundaryCondition="false" constant="false"'
    text = (
        f'<sbml xmlns="http://www.sbml.org/sbml/{name}" level="{level}" version="{version}"><model id="m">'
        '<listOfCompartments><compartment id="cell" size="2" constant="false"/></listOfCompartments>'
        '<listOfSpecies><species id="A" compartment="cell" initialConcentration="3" '
        f'hasOnlySubstanceUnits="false" {needed}/></listOfSpecies>'
        '<listOfParameters><parameter id="k" value="0.5" constant="false"/></listOfParameters>'
        f"{more}<listOfEvents>{events}</listOfEvents></model></sbml>"
    )
    if level == 3:
        text = text.replace("<trigger>", '<trigger initialValue="true" persistent="true">')
    return text.encode()


def read(content: bytes):
    return readers()["sbml"].read(content, "model.xml", Given())


def assign(target: str, content: str) -> str:
    return f'<eventAssignment variable="{target}">{math(content)}</eventAssignment>'


def event(trigger: str, assignments: str, attributes: str = 'useValuesFromTriggerTime="true"') -> str:
    if assignments:
        assignments = f"<listOfEventAssignments>{assignments}</listOfEventAssignments>"
    return f'<event id="E" {attributes}>{trigger}{assignments}</event>'


def test_all_attributes_of_level_3():
    trigger = after(1).replace("<trigger>", '<trigger initialValue="false" persistent="false">')
    extra = f"<priority>{math('<cn>4</cn>')}</priority><delay>{math('<ci>k</ci>')}</delay>"
    one = event(trigger + extra, assign("k", "<cn>7</cn>"), 'useValuesFromTriggerTime="false"')
    (found,) = read(document(one)).events
    assert (found.name, found.initial, found.persistent, found.values_at_trigger) == ("E", *[False] * 3)
    assert found.priority == Number(4.0)
    assert found.delay == Name(("k",))
    assert isinstance(found.trigger, Compare)
    assert [each.name for each in found.assignments] == ["k"]


def test_level_2_means_persistent_true_before_the_start_and_values_at_the_trigger():
    model = read(document(event(after(0), assign("k", "<cn>7</cn>"), ""), level=2))
    (found,) = model.events
    assert (found.initial, found.persistent, found.values_at_trigger) == (True, True, True)
    assert (found.delay, found.priority) == (None, None)


@pytest.mark.slow
def test_a_volume_set_by_an_event_keeps_amounts_and_a_concentration_is_set_by_the_volume_before():
    sets_volume = event(after(1), assign("cell", "<cn>4</cn>"))
    both = event(after(2), assign("A", "<cn>5</cn>") + assign("cell", "<cn>1</cn>")).replace('"E"', '"F"')
    model = read(document(sets_volume + both))
    found = simulate(model, [0.0, 0.5, 1.5, 2.5])
    np.testing.assert_allclose(found["A"][0], [3.0, 3.0, 1.5, 20.0], rtol=1e-12)
    np.testing.assert_allclose(found["cell"][0], [2.0, 2.0, 4.0, 1.0], rtol=1e-12)


def test_a_concentration_with_a_rate_rule_keeps_its_amount_when_the_volume_jumps():
    rule = f'<listOfRules><rateRule variable="A">{math("<cn>1</cn>")}</rateRule></listOfRules>'
    model = read(document(event(after(1), assign("cell", "<cn>4</cn>")), more=rule))
    found = simulate(model, [0.0, 0.999999, 2.0])
    np.testing.assert_allclose(found["A"][0], [3.0, 3.999999, 3.0], rtol=1e-9)


def test_what_does_nothing_is_noted():
    empty = event("", assign("k", "<cn>7</cn>"))
    lame = event(after(1) + "<delay/>", '<eventAssignment variable="k"/>').replace('"E"', '"F"')
    model = read(document(empty + lame))
    assert [each.name for each in model.events] == ["F"]
    assert model.events[0].assignments == ()
    notes = " | ".join(model.notes)
    assert "event 'E' has no trigger and never happens" in notes
    assert "the delay of event 'F' has no formula" in notes
    assert "the assignment to 'k' of event 'F' has no formula and does nothing" in notes


def test_a_trigger_that_asks_for_equality_is_noted():
    trigger = f"<trigger>{math(f'<apply><eq/>{TIME}<cn> 1 </cn></apply>')}</trigger>"
    notes = read(document(event(trigger, assign("k", "<cn>7</cn>")))).notes
    assert any("the trigger of event 'E' asks whether values are equal" in note for note in notes)


def test_what_a_rule_determines_cannot_be_set():
    rule = f'<listOfRules><assignmentRule variable="k">{math("<cn>1</cn>")}</assignmentRule></listOfRules>'
    with pytest.raises(SettingsError, match="event 'E' sets 'k', which a formula determines"):
        read(document(event(after(1), assign("k", "<cn>7</cn>")), more=rule))
    with pytest.raises(SettingsError, match="'nothing' of event 'E' aims at what is not declared"):
        read(document(event(after(1), assign("nothing", "<cn>7</cn>"))))


def test_delays_of_formulas_in_triggers_are_refused_by_name():
    law = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/delay"> delay </csymbol>'
    delayed = f"<apply><gt/><apply>{law}<ci>k</ci><cn>1</cn></apply><cn>1</cn></apply>"
    trigger = f"<trigger>{math(delayed)}</trigger>"
    with pytest.raises(SettingsError, match=r"the trigger of event 'E' uses delay\(\)"):
        read(document(event(trigger, assign("k", "<cn>7</cn>"))))


def test_antimony_events_come_through_sbml():
    pytest.importorskip("antimony")
    text = (
        "model m\n  species S in C; C = 1; S = 1; k = 0\n  S' = -S*k\n"
        "  E: at 2 after time > 1, priority = 3, persistent = false, t0 = false, fromTrigger = false:"
        " S = 5, k = 1\nend\n"
    )
    (found,) = readers()["antimony"].read(text.encode(), "m.ant", Given()).events
    assert (found.delay, found.priority) == (Number(2.0), Number(3.0))
    assert (found.persistent, found.initial, found.values_at_trigger) == (False, False, False)
    assert {each.name for each in found.assignments} == {"S", "k"}
