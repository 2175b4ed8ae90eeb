"""How errors of tau-leaping and the chemical Langevin equation follow the tolerance; few molecules have none.

Birth and death, -> X @ k, X -> @ d X, whose mean and variance are known at all times.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from tissue_sim.kernels.stochastic import langevin
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.network.simulate import simulate

METHODS = ("tau_leaping", "chemical_langevin")
KEY = np.uint64(3)


@pytest.fixture
def turnover(make_network):
    return make_network("-> X @ k\nX -> @ d*X", {"k": 20, "d": 0.5}, {"X": 0})


def counts_at(model, times, method, leap, cells, birth, start):
    return simulate(
        model, [0.0, *times], method=method, cells=cells, seed=7, parameters={"k": birth, "d": 1.0},
        initial={"X": start}, tolerance=ToleranceSettings(leap=leap),
    )["X"][:, 1:]  # fmt: skip


@pytest.mark.parametrize("start", [0.0, 20.0, 100.0])
def test_few_molecules_have_the_right_mean_and_variance_by_tau_leaping(turnover, start):
    """At a mean of 20 and a leap of 0.03, at rest and on the way: within three standard errors and 0.2 %."""
    times, cells = np.array([0.5, 1.0, 2.0, 5.0]), 40_000
    found = counts_at(turnover, times, "tau_leaping", 0.03, cells, 20.0, start)
    left = np.exp(-times)
    mean = 20.0 * (1.0 - left) + start * left
    variance = (20.0 + start * left) * (1.0 - left)
    assert (np.abs(found.mean(axis=0) - mean) < 3.0 * np.sqrt(variance / cells) + 2e-3 * mean).all()
    spread = np.sqrt((2.0 + 1.0 / variance) / cells)  # of the variance of a Poisson number, relatively
    assert (np.abs(found.var(axis=0) / variance - 1.0) < 3.0 * spread + 2e-3).all()


@pytest.mark.parametrize("method", METHODS)
def test_the_error_of_the_mean_is_proportional_to_the_leap(turnover, method):
    """A decay is followed by steps of length epsilon: the mean is low by epsilon t/2, relatively."""
    leaps = np.array([0.2, 0.1, 0.05, 0.025])
    means = [counts_at(turnover, [1.0], method, leap, 100, 0.0, 1e6).mean() for leap in leaps]
    errors = 1.0 - np.array(means) / (1e6 * math.exp(-1.0))
    assert np.polyfit(np.log(leaps), np.log(errors), 1)[0] == pytest.approx(1.0, abs=0.1)
    np.testing.assert_allclose(errors, leaps / 2.0, rtol=0.2)


@pytest.mark.parametrize("method", METHODS)
def test_the_error_of_the_variance_is_proportional_to_the_leap(turnover, method):
    """At rest it is larger by 1/(1 - epsilon): by 1/(1 - h/2) at h = 2 epsilon; 8 is a multiple."""
    leaps = np.array([0.4, 0.2, 0.1])
    found = [counts_at(turnover, [8.0], method, leap, 30_000, 1e4, 1e4) for leap in leaps]
    np.testing.assert_allclose([each.mean() for each in found], 1e4, rtol=5e-4)
    errors = 1.0 - 1e4 / np.array([each.var() for each in found])
    assert np.polyfit(np.log(leaps), np.log(errors), 1)[0] == pytest.approx(1.0, abs=0.15)
    np.testing.assert_allclose(errors, leaps, atol=0.03)


def test_langevin_steps_are_of_strong_order_one_half(monkeypatch):
    """X -> 2 X and X ->, both at rate X, along the same Brownian paths in steps of five lengths.

    The drift is 0, so that all error is that of the noise.
    """
    finest, paths, start = 4096, 150, 400.0
    noise = np.random.default_rng(8).normal(0.0, math.sqrt(1.0 / finest), (paths, finest, 2))
    exact = np.full(paths, start)
    for step in range(finest):
        exact += np.sqrt(exact) * (noise[:, step, 0] - noise[:, step, 1])
    assert exact.min() > 100.0
    tables = (np.array([0, 1, 2]), np.array([0, 0]), np.array([1.0, -1.0]))
    drawn = []
    monkeypatch.setattr(langevin, "normal_pair", lambda *_: drawn.pop(0))
    numbers, errors = np.array([4, 8, 16, 32, 64]), []
    for number in numbers:
        increments = noise.reshape(paths, number, -1, 2).sum(axis=2) * math.sqrt(number)
        ends = np.empty(paths)
        for path in range(paths):
            counts = np.array([start])
            drawn.extend(tuple(pair) for pair in increments[path])
            for _ in range(number):
                rates = np.array([counts[0], counts[0]])
                langevin.langevin_step.py_func(rates, counts, 1.0 / number, *tables, KEY, 1, 0, 50, 0)
            ends[path] = counts[0]
        errors.append(np.abs(ends - exact).mean())
    assert np.polyfit(np.log(numbers), np.log(errors), 1)[0] == pytest.approx(-0.5, abs=0.12)
