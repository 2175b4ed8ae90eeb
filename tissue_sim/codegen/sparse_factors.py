"""Factors L D U of a matrix of known pattern as straight-line code over scalars, without exchange of rows.

The order of elimination is chosen beforehand for little fill (Markowitz 1957, doi:10.1287/mnsc.3.3.255),
among diagonal pivots: those of 1/(h gamma) - Jacobian are never 0 by structure. Whether a pivot is too small
shows only at run time; whoever uses the factors checks the residual of a solution. L and U have ones on their
diagonals: solving is a chain of operations that wait for each other, and so it has the fewest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["SparseFactors"]


class SparseFactors:
    """The factors of a matrix with entries at `places` and on the whole diagonal.

    Attributes
    ----------
    order : list of int
        Rows (and columns) in the order of their elimination.
    filled : set of (int, int)
        Places of the factors' entries, the diagonal included.

    Parameters
    ----------
    number : int
        Rows of the matrix.
    places : collection of (row, column)
    """

    def __init__(self, number: int, places: Collection[tuple[int, int]]) -> None:
        self.number = number
        self.entries = set(places) | {(k, k) for k in range(number)}
        self.filled = set(self.entries)
        self.order: list[int] = []
        rows = [{j for i, j in self.entries if i == k} - {k} for k in range(number)]
        columns = [{i for i, j in self.entries if j == k} - {k} for k in range(number)]
        waiting = set(range(number))
        while waiting:
            pivot = min(waiting, key=lambda k: (len(rows[k]) * len(columns[k]), k))
            waiting.remove(pivot)
            self.order.append(pivot)
            for i in columns[pivot]:
                rows[i] = (rows[i] | rows[pivot]) - {i, pivot}
                self.filled |= {(i, j) for j in rows[pivot]}
            for j in rows[pivot]:
                columns[j] = (columns[j] | columns[pivot]) - {j, pivot}
        self._rank = {k: rank for rank, k in enumerate(self.order)}

    def factor_lines(self, matrix: str, factor: str) -> list[str]:
        """Return the lines that make scalars ``{factor}i_j`` of ``{matrix}i_j``; for D its reciprocals."""
        lines = [f"{factor}{i}_{j} = {matrix}{i}_{j}" for i, j in sorted(self.entries)]
        known = set(self.entries)
        for k in self.order:
            lines.append(f"{factor}{k}_{k} = 1.0 / {factor}{k}_{k}")
            rows, columns = self._below(k), self._right_of(k)
            lines += [f"n{i} = {factor}{i}_{k} * {factor}{k}_{k}" for i in rows]
            for i in rows:
                for j in columns:
                    start = f"{factor}{i}_{j} " if (i, j) in known else ""
                    known.add((i, j))
                    lines.append(f"{factor}{i}_{j} = {start}- n{i} * {factor}{k}_{j}")
            lines += [f"{factor}{i}_{k} = n{i}" for i in rows]
            lines += [f"{factor}{k}_{j} = {factor}{k}_{j} * {factor}{k}_{k}" for j in columns]
        return lines

    def solve_lines(self, factor: str, right: str) -> list[str]:
        """Return the lines that overwrite scalars ``{right}k``, the right side, by the solution."""
        lines = []
        for k in self.order:
            before = [j for j in self.order[: self._rank[k]] if (k, j) in self.filled]
            lines += self._without(k, before, factor, right)
        lines += [f"{right}{k} = {right}{k} * {factor}{k}_{k}" for k in self.order]
        for k in reversed(self.order):
            lines += self._without(k, self._right_of(k)[::-1], factor, right)
        return lines

    @staticmethod
    def _without(k: int, others: list[int], factor: str, right: str) -> list[str]:
        """Return the line that takes from ``{right}k`` what other unknowns add; the latest of them last."""
        terms = "".join(f" - {factor}{k}_{j} * {right}{j}" for j in others)
        return [f"{right}{k} = {right}{k}{terms}"] if terms else []

    def _below(self, k: int) -> list[int]:
        return [i for i in self.order[self._rank[k] + 1 :] if (i, k) in self.filled]

    def _right_of(self, k: int) -> list[int]:
        return [j for j in self.order[self._rank[k] + 1 :] if (k, j) in self.filled]
