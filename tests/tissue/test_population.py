"""Columns, rows and ids."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.errors import CellRemovedError, ColumnError
from tissue_sim.tissue.block import Block
from tissue_sim.tissue.columns import Column
from tissue_sim.tissue.population import Population


def test_ids_are_permanent_and_rows_stay_in_their_order():
    population = Population(capacity=2)
    population.append(5)
    population["age"][:] = [10, 20, 30, 40, 50]
    population.remove(np.array([True, False, True, False, True]))
    population.append(1)
    assert population["cell_id"].tolist() == [1, 3, 5, 6]
    assert population["age"].tolist() == [10, 30, 50, 0]
    assert population.row_of(5) == 2
    with pytest.raises(CellRemovedError, match="cell 4 has been removed"):
        population.rows_of(np.array([3, 4]))
    with pytest.raises(CellRemovedError, match="cell 99"):
        population.row_of(99)


def test_an_empty_population_answers():
    population = Population()
    assert len(population) == 0
    assert population["position"].shape == (0, 3)
    with pytest.raises(CellRemovedError, match="cell 1 "):
        population.row_of(1)


def test_columns_declared_late_have_their_initial_value():
    population = Population()
    population.append(3)
    population.declare(Column("dose", "f8", initial=2.5))
    population.append(100)
    assert (population["dose"] == 2.5).all()
    with pytest.raises(ColumnError, match="declared differently"):
        population.declare(Column("dose", "f8", initial=1.0))
    with pytest.raises(ColumnError, match="did you mean 'dose'"):
        population["doze"]


def test_state_goes_round():
    first, second = Population(), Population()
    first.append(100)
    first.remove(np.arange(100) % 3 > 0)
    first["age"][:] = np.arange(66)
    second.restore(first.state())
    assert second.next_id == 101
    for name in first.columns:
        assert np.array_equal(first[name], second[name])


def test_a_block_follows_the_cells_that_carry_it():
    population = Population()
    block = Block("net", ("X", "Y"), ("X",), carriers=[True, False])
    rows = population.append(6)
    population["type"][rows] = [0, 1, 0, 1, 0, 0]
    places = block.append(population, rows)
    block.values[places, 0] = population["cell_id"][block.rows]
    keep = np.array([False, False, True, True, True, True])
    block.remove(keep)
    population.remove(keep)
    assert block.rows.tolist() == [0, 2, 3]
    assert block.values[:, 0].tolist() == [3, 5, 6]
    quantity = block.quantity("X", population.size)
    assert np.isnan(quantity[1])
    assert quantity[[0, 2, 3]].tolist() == [3, 5, 6]
    assert block.places_of(np.array([0, 1, 3])).tolist() == [0, -1, 2]
