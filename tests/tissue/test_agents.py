"""Cells as mesa agents: as mesa users expect, and safe where mesa's own space is not."""

from __future__ import annotations

from typing import ClassVar

import mesa
import numpy as np
import pytest

from tissue_sim.errors import CellRemovedError, ColumnError, UsageError
from tissue_sim.tissue.cell import Cell
from tissue_sim.tissue.columns import LIVE, Column
from tissue_sim.tissue.domain import Domain
from tissue_sim.tissue.model import TissueModel

STEPS = {"signals": 0.1, "mechanics": 0.1, "network": 1.0, "lifecycle": 6.0}


def tissue_of(number: int, **options) -> TissueModel:
    domain = Domain((-100.0, -100.0, -100.0), (100.0, 100.0, 100.0))
    tissue = TissueModel(domain, ["a", "b"], STEPS, seed=5, **options)
    positions = np.zeros((number, 3))
    positions[:, 0] = 20.0 * np.arange(number)
    tissue.add_cells(positions, np.arange(number) % 2)
    tissue.population["volume"][:] = 1000.0
    tissue.population["radius"][:] = np.cbrt(3.0 * 1000.0 / (4.0 * np.pi))
    return tissue


def test_agents_are_mesa_agents_in_id_order():
    tissue = tissue_of(5)
    assert isinstance(tissue, mesa.Model)
    agents = tissue.agents
    assert isinstance(agents, mesa.agent.AgentSet)
    assert [cell.unique_id for cell in agents] == [1, 2, 3, 4, 5]
    assert agents.get("type") == ["a", "b", "a", "b", "a"]
    assert agents.get("age") == [0.0] * 5
    agents.set("damage", 2.0)
    assert agents.agg("damage", sum) == 10.0
    assert len(agents.select(lambda cell: cell.type == "b")) == 2
    assert set(tissue.agents_by_type) == {Cell}


def test_agents_untouched_cost_nothing():
    tissue = tissue_of(1000)
    tissue.step()
    assert not tissue._agents
    assert len(tissue.agents) == len(tissue._agents) == 1000


def test_getters_give_read_only_copies():
    tissue = tissue_of(2)
    cell = tissue.cell(1)
    with pytest.raises(ValueError, match="read-only"):
        cell.position += 1.0
    cell.position = cell.position + np.array([1.0, 2.0, 3.0])
    assert tissue.population["position"][0].tolist() == [1.0, 2.0, 3.0]
    kept = cell.position
    tissue.population["position"][0] = 9.0
    assert kept.tolist() == [1.0, 2.0, 3.0]
    cell.volume = 4.0 / 3.0 * np.pi * 8.0
    assert cell.radius == pytest.approx(2.0)


def test_what_is_no_column_is_refused():
    cell = tissue_of(1).cell(1)
    with pytest.raises(ColumnError, match=r"did you mean 'volume'.*columns:"):
        cell.volumes = 3.0
    with pytest.raises(ColumnError, match="a cell has no 'mood'"):
        _ = cell.mood
    with pytest.raises(ColumnError, match="kept by the tissue"):
        cell.state = 1
    with pytest.raises(UsageError, match=r"use cell\.random"):
        _ = cell.rng


def test_an_added_column_is_an_attribute():
    tissue = tissue_of(2)
    tissue.add_column(Column("mood", "f8", initial=0.5))
    tissue.cell(2).mood = 0.75
    assert [cell.mood for cell in tissue.agents] == [0.5, 0.75]


def test_a_removed_cell_says_so():
    tissue = tissue_of(3)
    cell, other = tissue.cell(2), tissue.cell(3)
    cell.remove()
    tissue.step()
    assert cell.removed
    assert len(tissue.agents) == 2
    with pytest.raises(CellRemovedError, match="cell 2 has been removed"):
        _ = cell.age
    assert other.position[0] == 40.0
    assert "removed" in repr(cell)
    assert tissue.lineage.arrays()["event"].tolist() == [0, 0, 0, 2]


def test_division_shares_volume_and_keeps_the_centre_of_mass():
    tissue = tissue_of(2)
    tissue.add_column(Column("label", "f8", division="copy"))
    tissue.add_column(Column("doses", "f8", division="keep"))
    tissue.add_column(Column("content", "f8", division="volume"))
    mother = tissue.cell(1)
    mother.label, mother.doses, mother.content = 3.0, 4.0, 10.0
    mother.divide(axis=[0.0, 2.0, 0.0])
    tissue.step()
    daughter = tissue.cell(3)
    assert (mother.volume, daughter.volume) == (500.0, 500.0)
    assert daughter.parent_id == 1
    assert mother.parent_id == 0
    assert np.allclose(mother.position + daughter.position, 0.0)
    separation = daughter.position - mother.position
    assert abs(separation[1]) == pytest.approx(np.cbrt(3.0 * 1000.0 / (4.0 * np.pi)))
    assert separation[[0, 2]].tolist() == [0.0, 0.0]
    assert (daughter.label, daughter.doses, daughter.content, mother.content) == (3.0, 0.0, 5.0, 5.0)
    assert mother.doses == 4.0


def test_death_beats_division():
    tissue = tissue_of(1)
    cell = tissue.cell(1)
    cell.divide()
    cell.die("necrosis")
    tissue.step()
    assert tissue.population.size == 1
    events = tissue.lineage.arrays()
    assert events["event"].tolist() == [0, 1]


def test_streams_are_functions_of_seed_cell_and_time():
    first, second = tissue_of(2), tissue_of(2)
    draws = [first.cell(1).random.random() for _ in range(3)]
    assert [second.cell(1).random.random() for _ in range(3)] == draws
    assert len(set(draws)) == 3
    assert second.cell(2).random.random() not in draws
    assert first.random.random() == second.random.random() not in draws
    first.step()
    second.step()
    assert first.cell(1).random.random() == second.cell(1).random.random() not in draws
    shuffled = [first.cell(1).random.choice("abcdef") for _ in range(20)]
    assert len(set(shuffled)) > 2


class Counting(Cell):
    """Overrides every hook."""

    log: ClassVar[list[tuple[str, int]]] = []

    def step(self):
        self.log.append(("step", self.unique_id))

    def at_division(self, daughter):
        self.log.append(("division", daughter.unique_id))

    def at_death(self, cause):
        self.log.append((cause, self.unique_id))


def test_hooks_run_in_id_order_with_the_lifecycle_step():
    Counting.log.clear()
    tissue = tissue_of(3, agent_classes={"a": Counting})
    tissue.step()
    assert Counting.log == [("step", 1), ("step", 3)]
    tissue.cell(1).divide()
    tissue.cell(3).die("necrosis")
    for _ in range(59):
        tissue.step()
    assert Counting.log[2:] == [("necrosis", 3), ("division", 4)]
    assert (tissue.population["state"] == LIVE).sum() == 4  # no process turns death into a state here
    assert isinstance(tissue.cell(4), Counting)
    assert type(tissue.cell(2)) is Cell


def test_two_tissues_share_nothing():
    first, second = tissue_of(2), tissue_of(3)
    assert len(first.agents) == 2
    assert len(second.agents) == 3
    first.cell(1).remove()
    first.step()
    assert len(second.agents) == 3
