from __future__ import annotations

import numpy as np
import pytest

AHL = {"unit": "nM", "diffusion": 1e4, "initial": 1}
MEMBRANE = {"a": {"AHL": {"membrane": {"species": "network.lux.AI", "permeability": "2 /min"}}}}
NETWORK = ("lux", ("X", "AI"), (True, False))


@pytest.fixture
def one_cell(make_tissue, add_cells):
    def make(**options):
        made = make_tissue({"AHL": AHL}, MEMBRANE, cell_types=("a", "b"), network=NETWORK, **options)
        add_cells(made.tissue, [[0, 0, 0], [1, 1, 1]], volume=[2000.0, 3000.0], types=[1, 0])
        made.tissue.blocks["lux"].values[:] = [[7.0, 9.0]]
        return made

    return make


def test_two_compartments_relax_with_order_2(one_cell, assert_books_close):
    v, p = 3000.0 / 8000.0, 2.0
    mean, steps, errors = (1.0 + v * 9.0) / (1.0 + v), [8, 16, 32], []
    for number in steps:
        made = one_cell()
        for _ in range(number):
            made.process.advance(made.tissue, 1.0 / number)
        inside, outside = made.tissue.blocks["lux"].values[0, 1], made.tissue.fields["AHL"][0, 0, 0]
        assert outside + v * inside == pytest.approx(1.0 + v * 9.0, rel=1e-13)
        difference = 8.0 * np.exp(-p * (1.0 + v))
        errors.append(abs((inside - outside) - difference))
        assert inside == pytest.approx(mean + difference / (1.0 + v), rel=1e-2)
        assert made.tissue.blocks["lux"].values[0, 0] == 7.0
        assert_books_close(made.process)
        lines = made.process.ledger()["AHL"]
        assert lines["membrane"] == pytest.approx(3000.0 * (9.0 - inside))
    order = -np.polyfit(np.log(steps), np.log(errors), 1)[0]
    assert 1.8 < order < 2.3


def test_dead_cells_keep_what_they_hold_until_removal(one_cell, assert_books_close):
    made = one_cell(shape=(1, 1, 2))
    made.tissue.population["state"][1] = 1
    made.process.advance(made.tissue, 1.0)
    assert made.tissue.blocks["lux"].values[0, 1] == 9.0
    np.testing.assert_allclose(made.tissue.fields["AHL"], 1.0)
    made.tissue.requests.ask("removal", np.array([2]), 0, cause="removed")
    made.tissue.apply_due()
    np.testing.assert_allclose(made.tissue.fields["AHL"].ravel(), [1.0, 1.0 + 9.0 * 3000.0 / 8000.0])
    assert made.process.ledger()["AHL"]["removal"] == pytest.approx(27000.0)
    made.process.advance(made.tissue, 1.0)
    assert_books_close(made.process)


def test_cells_outside_keep_what_they_hold_and_take_it_along(one_cell):
    made = one_cell()
    made.tissue.population["position"][1] = [50.0, 0.0, 0.0]
    made.process.advance(made.tissue, 1.0)
    assert made.tissue.blocks["lux"].values[0, 1] == 9.0
    made.tissue.requests.ask("removal", np.array([2]), 0, cause="removed")
    made.tissue.apply_due()
    assert made.process.ledger()["AHL"]["removal"] == 0.0
    np.testing.assert_allclose(made.tissue.fields["AHL"], 1.0)


def test_species_of_several_networks_conserve_together(make_tissue, add_cells, assert_books_close):
    from tissue_sim.tissue.block import Block

    exchange = {
        "a": MEMBRANE["a"],
        "b": {"AHL": {"membrane": {"species": "network.other.S", "permeability": 5}, "uptake": 1}},
    }
    made = make_tissue(
        {"AHL": {**AHL, "boundary": {"default": {"value": 2}}}},
        exchange, cell_types=("a", "b"), network=NETWORK, shape=(3, 3, 3),
    )  # fmt: skip
    made.tissue.add_block(Block("other", ("S",), ("S",), (False, True)))
    rng = np.random.default_rng(4)
    add_cells(made.tissue, rng.uniform(-30, 30, (20, 3)), volume=1500.0, types=np.arange(20) % 2)
    made.tissue.blocks["lux"].values[:, 1] = rng.uniform(0, 20, 10)
    made.tissue.blocks["other"].values[:, 0] = rng.uniform(0, 20, 10)

    def inside():
        return 1500.0 * sum(block.values[:, -1].sum() for block in made.tissue.blocks.values())

    before = inside()
    for _ in range(5):
        made.process.advance(made.tissue, 0.5)
    assert made.process.ledger()["AHL"]["membrane"] == pytest.approx(before - inside(), rel=1e-10)
    assert_books_close(made.process)
