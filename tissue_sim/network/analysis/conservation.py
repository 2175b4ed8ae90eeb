"""Sums of species that no rate changes (moieties), found from the rates themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.network.analysis.rate_function import RateFunction

__all__ = ["conserved_sums", "law_text", "quasi_random"]

RELATIVE = 1e-10
"""Singular values below this, relative to the largest, count as 0."""


def quasi_random(number: int, dimension: int) -> np.ndarray:
    """Return points that fill the unit cube evenly, float64[number, dimension]; always the same.

    Multiples of the powers of 1/phi, phi^(d + 1) = phi + 1: the golden ratio, for d dimensions.
    """
    phi = 2.0
    for _ in range(60):
        phi = (1.0 + phi) ** (1.0 / (dimension + 1))
    steps = np.power(1.0 / phi, np.arange(1, dimension + 1))
    points: np.ndarray = np.mod(0.5 + np.arange(1, number + 1)[:, None] * steps, 1.0)
    return points


def conserved_sums(function: RateFunction, scale: np.ndarray) -> np.ndarray:
    """Return the coefficients of all independent sums with rate 0, float64[laws, n], in reduced form.

    They are read from the formulas, whose terms cancel; where values of the rates show more of them
    (terms that are equal but written differently), these are taken.

    Parameters
    ----------
    function : RateFunction
    scale : float64[n]
        Sizes of the species, around which the rates are sampled.
    """
    written = _null_space(function.terms().T)
    shown = _null_space(_sampled(function, scale), relative=1e-13)
    return _reduced(shown if len(shown) > len(written) else written)


def _sampled(function: RateFunction, scale: np.ndarray) -> np.ndarray:
    """Return rates at many points, each row scaled, float64[points, n]."""
    size = len(function.names)
    points = scale * 10.0 ** (2.0 * quasi_random(4 * size + 20, size) - 1.0)
    rates = function.rates(points)
    rates = rates[np.isfinite(rates).all(axis=1)]
    largest = np.abs(rates).max(axis=1, keepdims=True, initial=0.0)
    found: np.ndarray = rates[largest[:, 0] > 0.0] / largest[largest[:, 0] > 0.0]
    return found if len(found) >= size else np.eye(size)


def _null_space(matrix: np.ndarray, relative: float = RELATIVE) -> np.ndarray:
    """Return rows v with matrix v = 0, float64[k, n]."""
    rows = np.abs(matrix).max(axis=1, keepdims=True, initial=0.0)
    matrix = matrix[rows[:, 0] > 0.0] / rows[rows[:, 0] > 0.0]
    size = matrix.shape[1]
    if not len(matrix):
        return np.eye(size)
    columns = np.abs(matrix).max(axis=0)
    columns[columns == 0.0] = 1.0
    _, singular, right = np.linalg.svd(matrix / columns)
    rank = int((singular > relative * singular[0]).sum())
    found: np.ndarray = right[rank:] / columns
    return found


def _reduced(rows: np.ndarray) -> np.ndarray:
    """Return the reduced row echelon form, rounded where that is within rounding error."""
    matrix = rows.copy()
    taken: list[int] = []
    for k in range(len(matrix)):
        rest = np.abs(matrix[k:])
        rest[:, taken] = 0.0
        row, column = (int(each) for each in np.unravel_index(int(np.argmax(rest)), rest.shape))
        matrix[[k, k + row]] = matrix[[k + row, k]]
        matrix[k] /= matrix[k, column]
        for i in range(len(matrix)):
            if i != k:
                matrix[i] -= matrix[i, column] * matrix[k]
        taken.append(column)
    near = np.round(matrix, 6)
    result: np.ndarray = np.where(np.abs(matrix - near) < 1e-8, near, matrix) + 0.0
    return result


def law_text(coefficients: np.ndarray, names: Sequence[str]) -> str:
    """Return a sum in words: ``A + 2*B``."""
    parts = []
    for factor, name in zip(coefficients, names, strict=True):
        if factor != 0.0:
            sign = "-" if factor < 0.0 else "+"
            size = "" if abs(factor) == 1.0 else f"{abs(factor):.6g}*"
            parts.append(f"{sign} {size}{name}")
    text = " ".join(parts)
    return text.removeprefix("+ ")
