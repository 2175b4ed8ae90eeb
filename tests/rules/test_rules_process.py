"""Behaviours in effect: own values, outputs, rules, death, new cells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tissue_sim.errors import ColumnError, SimulationError
from tissue_sim.rules.hill import blend, drive, response
from tissue_sim.rules.process import RulesProcess
from tissue_sim.rules.settings import parse_rule
from tissue_sim.tissue.behaviours import Behaviour
from tissue_sim.tissue.block import Block
from tissue_sim.tissue.columns import APOPTOTIC, Column
from tissue_sim.tissue.domain import Domain
from tissue_sim.tissue.expression_settings import parsed
from tissue_sim.tissue.model import TissueModel

BOX = Domain((-50.0, -50.0, -50.0), (50.0, 50.0, 50.0))
STEPS = {"signals": 0.1, "mechanics": 0.1, "network": 1.0, "lifecycle": 6.0}


def tissue_of(rules: dict, outputs: dict | None = None, number: int = 6) -> tuple[TissueModel, RulesProcess]:
    """Cells 1..number, alternating types tumour and stroma; column s is what they sense."""
    tissue = TissueModel(BOX, ("tumour", "stroma"), STEPS, seed=1)
    tissue.add_column(Column("s", "f8", unit="mmHg"))
    tissue.behaviours.declare(Behaviour("cycle.rate", "1/min", 0.0, 1.0), [0.1, 0.4])
    tissue.behaviours.declare(Behaviour("speed", "um/min", 0.0), [2.0, 3.0])
    tissue.add_block(Block("net", ["X"], ["X"], [True, False]))
    sentences = {kind: [parse_rule(text) for text in texts] for kind, texts in rules.items()}
    expressions = {
        network: {behaviour: parsed(text) for behaviour, text in given.items()}
        for network, given in (outputs or {}).items()
    }
    process = RulesProcess(tissue, sentences, expressions)
    tissue.add_process(process)
    positions = np.column_stack([np.arange(number) * 5.0, np.zeros(number), np.zeros(number)])
    tissue.add_cells(positions, np.arange(number) % 2)
    return tissue, process


def effective(tissue: TissueModel, name: str = "cycle.rate") -> np.ndarray:
    return tissue.behaviours.effective(name).copy()


def naive(own: float, up: list, down: list) -> float:
    """The formula of the documentation for one cell; terms are (s, K, n, to)."""
    value = own
    for terms in (up, down):
        if terms:
            total = sum((max(s, 0.0) / half) ** n for s, half, n, _ in terms)
            value += (terms[0][3] - value) * total / (1.0 + total)
    return value


def test_rules_act_on_their_own_type_as_in_the_formula() -> None:
    tissue, process = tissue_of(
        {
            "tumour": [
                "s increases cycle.rate to 0.9 with half_max 2, hill 3",
                "2*s increases cycle.rate to 0.9 with half_max 7 mmHg".replace(" mmHg", ""),
                "cell.s decreases cycle.rate to 0.05 with half_max 400 Pa, hill 1.5",
            ],
            "stroma": ["s decreases cycle.rate to 6 1/h with half_max 1"],
        }
    )
    s = np.array([0.5, 0.5, 3.0, 3.0, -2.0, -2.0])
    tissue.population["s"][:] = s
    process.advance(tissue, 1.0)
    half = 400 / 133.322387415
    expected = [
        naive(0.1, [(x, 2, 3, 0.9), (2 * x, 7, 1, 0.9)], [(x, half, 1.5, 0.05)])
        if i % 2 == 0
        else naive(0.4, [], [(x, 1, 1, 0.1)])
        for i, x in enumerate(s)
    ]
    np.testing.assert_allclose(effective(tissue), expected, rtol=1e-9)
    np.testing.assert_array_equal(tissue.behaviours.own("cycle.rate"), [0.1, 0.4] * 3)


def test_half_max_means_half_the_way_and_saturation_all_of_it() -> None:
    tissue, process = tissue_of({"tumour": ["s increases cycle.rate to 0.9 with half_max 2, hill 4"]})
    tissue.population["s"][:] = [2.0, 0.0, 1e308, 0.0, 0.0, 0.0]
    process.advance(tissue, 1.0)
    np.testing.assert_allclose(effective(tissue)[:4], [0.5, 0.4, 0.9, 0.4], rtol=1e-15)
    assert effective(tissue)[4] == 0.1


def test_nan_and_negative_sources_count_as_zero() -> None:
    tissue, process = tissue_of({"tumour": ["network.net.X - s increases cycle.rate to 0.9 with half_max 2"]})
    tissue.population["s"][:] = np.nan
    process.advance(tissue, 1.0)
    np.testing.assert_array_equal(effective(tissue), [0.1, 0.4] * 3)


def test_an_output_replaces_the_own_value_in_carriers_and_rules_act_on_it() -> None:
    tissue, process = tissue_of(
        {"tumour": ["s decreases cycle.rate to 0 with half_max 1"]},
        {"net": {"cycle.rate": "0.1*X + 0.2", "speed": "X - 100"}},
    )
    block = tissue.blocks["net"]
    block.values[:, 0] = [1.0, 2.0, 50.0]
    tissue.population["s"][:] = [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]
    process.advance(tissue, 1.0)
    np.testing.assert_allclose(effective(tissue), [0.3, 0.4, 0.2, 0.4, 1.0, 0.4], rtol=1e-15)
    np.testing.assert_array_equal(effective(tissue, "speed"), [0.0, 3.0, 0.0, 3.0, 0.0, 3.0])


def test_an_output_that_is_no_number_names_the_cell() -> None:
    tissue, _ = tissue_of({}, {"net": {"speed": "1/X"}}, number=0)
    assert effective(tissue, "speed").shape == (0,)
    with pytest.raises(SimulationError, match=r"process rules.*cell_id 1: the output of network net"):
        tissue.add_cells(np.zeros((1, 3)), np.zeros(1, dtype=int))


def test_dead_cells_keep_their_value_but_for_rules_that_say_so() -> None:
    tissue, process = tissue_of(
        {
            "tumour": [
                "s increases cycle.rate to 0.9 with half_max 2",
                "s increases speed to 10 with half_max 2, also when dead",
                "s decreases speed to 0 with half_max 2",
            ]
        },
        {"net": {"speed": "5"}},
    )
    tissue.population["s"][:] = 2.0
    process.advance(tissue, 1.0)
    live = effective(tissue), effective(tissue, "speed")
    np.testing.assert_allclose([live[0][0], live[1][0]], [0.5, 3.75], rtol=1e-15)
    tissue.population["state"][:3] = APOPTOTIC
    tissue.behaviours.effective("cycle.rate")[0] = 0.123
    tissue.population["s"][:] = 6.0
    process.advance(tissue, 1.0)
    assert effective(tissue)[0] == 0.123  # as death left it
    assert effective(tissue)[2] == live[0][2]
    assert effective(tissue)[4] == pytest.approx(0.7)
    assert effective(tissue, "speed")[0] == pytest.approx(2.0 + 8.0 * 0.75)  # own value, that rule alone
    assert effective(tissue, "speed")[1] == live[1][1]  # the other type has no such rule
    assert effective(tissue, "speed")[4] == pytest.approx((5.0 + 5.0 * 0.75) * 0.25)


def test_new_cells_start_with_their_values_in_effect() -> None:
    tissue, process = tissue_of({"tumour": ["cell.type == 0 increases cycle.rate to 0.9 with half_max 1"]})
    np.testing.assert_allclose(effective(tissue), [0.5, 0.4] * 3)
    tissue.behaviours.own("cycle.rate")[0] = 0.3
    tissue.behaviours.effective("cycle.rate")[2:] = -1.0
    process.divided(tissue, np.array([0]), np.array([2]))
    np.testing.assert_allclose(effective(tissue), [0.6, 0.4, 0.5, -1.0, -1.0, -1.0])


def test_cells_do_not_influence_each_other() -> None:
    rules = {"tumour": ["s increases cycle.rate to 0.9 with half_max 2, hill 2.7"], "stroma": []}
    tissue, process = tissue_of(rules, number=37)
    tissue.population["s"][:] = np.linspace(0.0, 9.0, 37)
    process.advance(tissue, 1.0)
    whole = effective(tissue)
    tissue.behaviours.effective("cycle.rate")[:] = 0.0
    for row in range(37):
        process.added(tissue, np.array([row]))
    np.testing.assert_array_equal(effective(tissue), whole)


def test_an_unknown_behaviour_is_an_error() -> None:
    with pytest.raises(ColumnError, match=r"no behaviour 'cycle.rat'; did you mean 'cycle.rate'"):
        tissue_of({"tumour": ["s increases cycle.rat to 0.9 with half_max 1"]})


FINITE = st.floats(0.0, 1e300)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(FINITE, st.floats(1e-6, 1e6), st.floats(0.1, 100.0)), min_size=1, max_size=4))
def test_the_response_is_between_0_and_1_and_finite(terms: list) -> None:
    total = sum(drive(np.array([s]), half, n) for s, half, n in terms)
    strength = response(total)[0]
    assert 0.0 <= strength <= 1.0
    assert blend(np.array([3.0]), np.array([7.0]), np.array([0.0]))[0] == 3.0
    assert blend(np.array([0.3]), np.array([0.7]), np.array([1.0]))[0] == 0.7
