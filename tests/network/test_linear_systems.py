"""LU factors of one cell's Jacobian, compiled and as plain Python, against numpy."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.kernels.network.control import accepted_factor, first_step, rejected_factor
from tissue_sim.kernels.network.linear import factorise, solve


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("size", [1, 2, 7])
def test_solve_agrees_with_numpy(rng, size, plain):
    for _ in range(5):
        matrix, right = rng.normal(size=(size, size)), rng.normal(size=size)
        matrix[rng.random((size, size)) < 0.3] = 0.0
        matrix += np.eye(size) * 1e-3
        expected = np.linalg.solve(matrix, right)
        factors, found, pivots = matrix.copy(), right.copy(), np.zeros(size, dtype=np.int64)
        assert (factorise.py_func if plain else factorise)(factors, pivots) == 0
        (solve.py_func if plain else solve)(factors, pivots, found)
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_singular_and_non_finite_matrices_are_reported():
    pivots = np.zeros(2, dtype=np.int64)
    assert factorise(np.zeros((2, 2)), pivots) == 1
    assert factorise(np.array([[np.nan, 1.0], [np.nan, 1.0]]), pivots) == 1


def test_step_factors():
    assert accepted_factor(1.0, 0.0, 5.0)[0] == pytest.approx(0.9)
    assert accepted_factor(0.0, 0.0, 5.0)[0] == 8.0
    assert rejected_factor(32.0, 5.0) == pytest.approx(0.45)
    assert rejected_factor(np.nan, 5.0) == 0.2
    assert first_step(1.0, 0.0, 0.0, 5.0) > 0.0
    assert first_step(10.0, 1.0, 0.01, 5.0) == pytest.approx((0.01 / 1.0) ** 0.2)
