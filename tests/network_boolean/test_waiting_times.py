"""Boolean nodes in continuous time wait exactly as long as theory says: chi-square tests of whole laws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import expm

LEAST_CHANCE = 1e-4
CELLS = 40_000
RATE, LINKS = 1.7, 7
# Each link goes on after the one before it, at one rate.
CHAIN = "node X0 { rate_up = 1.7; rate_down = 0; }\n" + "".join(
    f"node X{i} {{ rate_up = X{i - 1} ? 1.7 : 0; rate_down = 0; }}\n" for i in range(1, LINKS)
)
ALL_OFF = "".join(f"X{i}.istate = 0;" for i in range(LINKS))


def chance(observed: np.ndarray, probabilities: np.ndarray) -> float:
    return float(stats.chisquare(observed, probabilities * observed.sum()).pvalue)


def test_the_first_flip_comes_after_an_exponential_time_across_steps_of_any_length(net):
    """The window in which a cell flips, of 40 windows and what comes after, of changing lengths."""
    cells = net.Cells(net.maboss("node A { rate_up = 1.7; rate_down = 0; }", "A.istate = 0;"), cells=CELLS)
    lengths = np.tile([0.01, 0.1, 0.03, 0.06], 10)
    on = [0]
    for length in lengths:
        cells.advance(length)
        on.append(int(cells["A"].sum()))
    observed = np.diff([*on, CELLS])
    survival = np.exp(-RATE * np.concatenate([[0.0], np.cumsum(lengths)]))
    assert chance(observed, -np.diff([*survival, 0.0])) > LEAST_CHANCE


@pytest.mark.parametrize("lengths", [[2.0], [0.3, 0.9, 0.05, 0.75]], ids=["one step", "four steps"])
def test_flips_that_wait_for_each_other_are_a_poisson_process(net, lengths):
    cells = net.Cells(net.maboss(CHAIN, ALL_OFF), cells=CELLS)
    for length in lengths:
        cells.advance(length)
    states = cells.values[:, :LINKS]
    assert (np.diff(states, axis=1) <= 0.0).all()
    observed = np.bincount(states.sum(axis=1).astype(int), minlength=LINKS + 1)
    law = stats.poisson(RATE * sum(lengths))
    assert chance(observed, np.append(law.pmf(np.arange(LINKS)), law.sf(LINKS - 1))) > LEAST_CHANCE


def test_back_and_forth_in_one_long_step_has_the_exact_law(net):
    """Two nodes that chase each other, A at rates 2 and 1, B after A at 3: against the matrix exponential."""
    a = "node A { rate_up = 2; rate_down = B ? 1 : 0; }"
    b = "node B { rate_up = A ? 3 : 0; rate_down = A ? 0 : 1; }"
    cells = net.Cells(net.maboss(f"{a}\n{b}", "A.istate = 0; B.istate = 0;"), cells=CELLS)
    generator = np.zeros((4, 4))  # states A + 2 B
    for state, to, rate in ((0, 1, 2.0), (1, 3, 3.0), (2, 3, 2.0), (2, 0, 1.0), (3, 2, 1.0)):
        generator[state, to] += rate
        generator[state, state] -= rate
    time = 0.0
    for length in (0.4, 1.1, 5.0):
        cells.advance(length)
        time += length
        observed = np.bincount((cells["A"] + 2.0 * cells["B"]).astype(int), minlength=4)
        assert chance(observed, expm(generator * time)[0]) > LEAST_CHANCE
