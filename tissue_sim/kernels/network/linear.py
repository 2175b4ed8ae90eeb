"""Dense linear systems of one cell: LU factors with partial pivoting (Golub and Van Loan, algorithm 3.4.1).

Rows that are zero below a pivot are passed over, which makes use of much of a sparse Jacobian's structure.
"""

from __future__ import annotations

from tissue_sim.kernels.compile import kernel

__all__ = ["factorise", "solve"]


@kernel
def factorise(matrix, pivots):
    """Overwrite `matrix` by its factors; return 0, or 1 if it is singular or not finite.

    Parameters
    ----------
    matrix : float64[n, n]
        Row i of the result is row pivots[..] of the input, see `solve`.
    pivots : int64[n]
        Output: the row exchanged with row k at step k.
    """
    n = matrix.shape[0]
    for k in range(n):
        best = k
        size = abs(matrix[k, k])
        for i in range(k + 1, n):
            if abs(matrix[i, k]) > size:
                best = i
                size = abs(matrix[i, k])
        pivots[k] = best
        if not (size > 0.0 and size < 1e300):
            return 1
        if best != k:
            for j in range(n):
                kept = matrix[k, j]
                matrix[k, j] = matrix[best, j]
                matrix[best, j] = kept
        inverse = 1.0 / matrix[k, k]
        for i in range(k + 1, n):
            if matrix[i, k] != 0.0:
                factor = matrix[i, k] * inverse
                matrix[i, k] = factor
                for j in range(k + 1, n):
                    matrix[i, j] -= factor * matrix[k, j]
    return 0


@kernel
def solve(matrix, pivots, right):
    """Overwrite `right` (float64[n]) by the solution, with the factors `factorise` left."""
    n = matrix.shape[0]
    for k in range(n):
        other = pivots[k]
        if other != k:
            kept = right[k]
            right[k] = right[other]
            right[other] = kept
    for i in range(n):
        value = right[i]
        for j in range(i):
            value -= matrix[i, j] * right[j]
        right[i] = value
    for i in range(n - 1, -1, -1):
        value = right[i]
        for j in range(i + 1, n):
            value -= matrix[i, j] * right[j]
        right[i] = value / matrix[i, i]
