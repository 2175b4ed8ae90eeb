"""Births and deaths are sorted and consume a cell once."""

from __future__ import annotations

import numpy as np

from tissue_sim.tissue.clock import Clock
from tissue_sim.tissue.lineage import CAUSES
from tissue_sim.tissue.requests import Requests


def test_removal_beats_death_beats_division():
    requests = Requests()
    requests.ask("division", np.array([5, 2, 3]), 10)
    requests.ask("death", np.array([2, 3]), 10, cause="apoptosis")
    requests.ask("removal", np.array([3]), 10, cause="cleared")
    requests.ask("division", np.array([7]), 11)
    assert requests.take_due(9) == {}
    due = requests.take_due(10)
    assert due["removal"].cell_ids.tolist() == [3]
    assert due["death"].cell_ids.tolist() == [2]
    assert CAUSES[due["death"].causes[0]] == "apoptosis"
    assert due["division"].cell_ids.tolist() == [5]
    assert np.isnan(due["division"].axes).all()
    assert len(requests) == 1


def test_pending_requests_are_state():
    first, second = Requests(), Requests()
    first.ask("division", np.array([4]), 3, axes=np.array([[0.0, 1.0, 0.0]]))
    second.restore(first.state())
    assert second.take_due(3)["division"].axes.tolist() == [[0.0, 1.0, 0.0]]


def test_the_clock_counts_ticks():
    clock = Clock({"signals": 0.1, "mechanics": 0.1, "network": 1.0, "lifecycle": 6.0})
    assert clock.step_ticks("lifecycle") == 60
    clock.tick = 3
    assert clock.time == 0.3
    assert clock.ticks_of(0.3) == 3
    assert clock.ticks_of(0.31) == 4
    assert [clock.due(("network", "lifecycle")) for clock.tick in (0, 5, 10, 60)] == [True, False, True, True]
