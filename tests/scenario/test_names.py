"""Names of expressions: what is declared, what stands where."""

from __future__ import annotations

import pytest

from tissue_sim.codegen.parser import parse_expression
from tissue_sim.tissue.names import DeclaredNames, check_expression

NAMES = DeclaredNames(
    signals={"oxygen": "mmHg"},
    networks={"hypoxia": ("HIF", "p53"), "unread": None},
    columns={"theta": "1"},
    cell_types=("tumour", "stroma"),
    parameters=frozenset({"k"}),
    behaviours={"cycle.rate": "1/min"},
    phases=frozenset({"G1", "M"}),
)


def findings(text: str, **options) -> list[tuple[str, int]]:
    return list(check_expression(parse_expression(text), NAMES, **options))


@pytest.mark.parametrize(
    "text",
    [
        "signal.oxygen + signal.oxygen.gradient*k - time",
        "network.hypoxia.HIF / network.unread.anything",
        "cell.age + age + cell.theta + theta + pressure + cycle.rate",
        'if(cell.type == "tumour" and cell.state != "necrotic", 1, 0)',
        '"G1" == cell.phase',
        "contact.mean(sin(other.cell.theta - self.cell.theta), type=tumour, dead=true)",
        "contact.count(other.signal.oxygen > 3) + contact.count(1)",
        "hill(pressure, 0.5, 4) + min(1, 2, 3) + exp(-k)",
    ],
)
def test_declared_names_are_known(text):
    assert findings(text) == []


def test_species_stand_bare_in_their_own_network():
    assert findings("HIF*p53", network="hypoxia") == []
    assert findings("contact.mean(other.HIF - self.HIF)", network="hypoxia") == []
    assert findings("whatever", network="unread") == []
    assert len(findings("HIF")) == 1


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("1 + signal.oxgen", 4, "no signal 'oxgen' is declared; declared are oxygen; did you mean 'oxygen'?"),
        ("signal.oxygen.grad", 0, "write signal.oxygen or signal.oxygen.gradient"),
        ("2*network.hypoxa.HIF", 2, "no network 'hypoxa' is declared; declared are hypoxia, unread"),
        ("network.hypoxia.HIG", 0, "has no species 'HIG'; it has HIF, p53; did you mean 'HIF'?"),
        ("network.hypoxia", 0, "write network.hypoxia.SPECIES"),
        ("cell.agee", 0, "no column 'agee'"),
        ("cell.position", 0, "three components"),
        ("oxygen > 5", 0, "did you mean 'signal.oxygen'?"),
        ("tme", 0, "did you mean 'time'?"),
        ("HIF", 0, "did you mean 'network.hypoxia.HIF'?"),
        ("k + wrong", 4, "unknown name 'wrong'; names are signal.NAME"),
        ("mean(pressure)", 0, "mean() over all cells cannot be used here"),
        (
            'cell.type == "tumor"',
            13,
            "no type is called 'tumor'; known are tumour, stroma; did you mean 'tumour'?",
        ),
        ('cell.state == "dead"', 14, "known are live, apoptotic, necrotic"),
        ('cell.phase == "G2"', 14, "known are G1, M"),
        ('cell.age == "old"', 12, "only with cell.type, cell.state or cell.phase"),
        ("contact.mean(theta)", 13, "write self.theta or other.theta"),
        ("contact.mean(other.theta, type=tumor)", 31, "no cell type 'tumor'"),
        ("contact.sum(contact.sum(other.age))", 12, "contact.sum() cannot be used here"),
    ],
)
def test_what_is_not_declared_is_found_where_it_stands(text, offset, words):
    found = findings(text)
    assert len(found) == 1, found
    assert found[0][1] == offset
    assert words in found[0][0]


def test_every_wrong_name_is_reported():
    assert [offset for _, offset in findings("a + b*signal.c")] == [0, 4, 6]


def test_aggregates_take_one_value_from_each_cell():
    text = 'mean(network.hypoxia.HIF > 0.5) + count(cell.type == "stroma")/k - max(pressure) + max(1, time)'
    assert findings(text, aggregates=True) == []
    assert findings("mean(contact.mean(other.age))", aggregates=True) == []


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("pressure > 1", 0, "write, for instance, mean(pressure)"),
        ("mean(mean(pressure))", 5, "inside another function of all cells"),
        ("contact.mean(other.age)", 0, "mean(contact.mean(...))"),
        ("mean(presure)", 5, "did you mean 'pressure'?"),
        ("presure", 0, "did you mean 'pressure'?"),
        ('cell.type == "tumour"', 0, "mean(cell.type)"),
    ],
)
def test_values_of_cells_stand_inside_an_aggregate(text, offset, words):
    found = findings(text, aggregates=True)
    assert len(found) == 1, found
    assert found[0][1] == offset
    assert words in found[0][0]


def test_local_names_and_places_without_contacts():
    assert findings("x*y + time", local=("x", "y")) == []
    assert len(findings("contact.count(1)", contacts=False)) == 1


def test_unknown_behaviours_let_any_dotted_name_through():
    names = DeclaredNames(behaviours=None)
    assert list(check_expression(parse_expression("motility.speed"), names)) == []
    assert len(list(check_expression(parse_expression("speed"), names))) == 1


def test_a_sum_of_a_thousand_terms_is_checked():
    text = "+".join(["k"] * 480)
    assert findings(text) == []


def test_axes_of_the_file_are_no_names(tmp_path):
    from tissue_sim.errors import ScenarioError
    from tissue_sim.scenario.scenario import load_scenario_text

    text = (
        "tissue_sim: 1\nduration: 1 h\ndomain: {size: [40], spacing: 20}\ncell_types: {a: {volume: 500}}\n"
        "signals:\n  time: {unit: uM, diffusion: 1}\nmeasures:\n  length: count(1)\n"
    )
    with pytest.raises(ScenarioError, match=r"6:3: 'time' is an axis(.|\n)*8:3: 'length' is an axis"):
        load_scenario_text(text, tmp_path)
