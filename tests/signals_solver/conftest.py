"""A slow, independent reference for the signal solver, and how tests build one."""

import csv

import numpy as np
import pytest
import scipy.sparse as sparse
from scipy.sparse.linalg import spsolve

from tissue_sim.signals.boundaries.boundary import boundary
from tissue_sim.signals.solver.solver import FaceCoefficients, SignalSolver
from tissue_sim.tissue.domain import Grid

GAMMA = 1.0 - 1.0 / np.sqrt(2.0)
CLOSED = FaceCoefficients(0.0, 1.0)


class Reference:
    """The equation du/dt = M u + b as a sparse matrix, assembled voxel by voxel."""

    def __init__(self, grid, diffusion, decay, faces, sink=None, source=None, fixed=None):
        self.grid, self.fixed = grid, fixed
        nz, ny, nx = grid.shape
        size = nz * ny * nx
        matrix, constant = sparse.lil_matrix((size, size)), np.zeros(size)
        for z in range(nz):
            for y in range(ny):
                for x in range(nx):
                    row = (z * ny + y) * nx + x
                    for axis, (place, number) in enumerate(((x, nx), (y, ny), (z, nz))):
                        if not grid.present[axis]:
                            continue
                        rate = diffusion / grid.spacing[axis] ** 2
                        for side, step in ((0, -1), (1, 1)):
                            other = place + step
                            if grid.periodic[axis]:
                                other %= number
                            matrix[row, row] -= rate
                            if 0 <= other < number:
                                at = [x, y, z]
                                at[axis] = other
                                matrix[row, (at[2] * ny + at[1]) * nx + at[0]] += rate
                            else:
                                face = faces[2 * axis + side]
                                matrix[row, row] += rate * face.factor
                                constant[row] += rate * face.constant
                    matrix[row, row] -= decay + (0.0 if sink is None else sink[z, y, x])
                    constant[row] += 0.0 if source is None else source[z, y, x]
        self.matrix, self.constant = matrix.tocsr(), constant

    def _solve(self, matrix, right):
        if self.fixed is not None:
            mask, values = self.fixed
            free = sparse.diags((~mask.ravel()).astype(float))
            matrix = free @ matrix + sparse.diags(mask.ravel().astype(float))
            right = np.where(mask.ravel(), np.broadcast_to(values, mask.shape).ravel(), right)
        return spsolve(sparse.csc_matrix(matrix), right)

    def implicit(self, field, dt, *, euler=False):
        """One SDIRK2 or backward Euler step."""
        u, one = field.ravel(), sparse.identity(field.size)
        gamma = 1.0 if euler else GAMMA
        system = one - gamma * dt * self.matrix
        first = self._solve(system, u + gamma * dt * self.constant)
        if euler:
            return first.reshape(field.shape)
        rate = self.matrix @ first + self.constant
        if self.fixed is not None:
            rate = (first - u) / (gamma * dt)
        second = self._solve(system, u + (1 - gamma) * dt * rate + gamma * dt * self.constant)
        return second.reshape(field.shape)

    def steady(self):
        """The steady state."""
        return self._solve(-self.matrix, self.constant).reshape(self.grid.shape)

    def exact(self, field, time):
        """The exact solution of the semi-discrete equation (dense)."""
        from scipy.linalg import expm

        size = field.size
        big = np.zeros((size + 1, size + 1))
        big[:size, :size] = self.matrix.toarray()
        big[:size, size] = self.constant
        return (expm(time * big) @ np.append(field.ravel(), 1.0))[:size].reshape(field.shape)


def make_grid(shape, spacing=(20.0, 20.0, 20.0), periodic=(False, False, False), present=None):
    nz, ny, nx = shape
    present = (nx > 1, ny > 1, nz > 1) if present is None else present
    origin = tuple(-0.5 * n * h for n, h in zip((nx, ny, nz), spacing, strict=True))
    return Grid(shape, spacing, origin, periodic, present)


def make_face(name, diffusion, spacing, **numbers):
    return boundary(name).coefficients(numbers, diffusion, spacing)


def books_gap(grid, before, after, report, dt, *, sink=None, source=None, carried=0.0):
    """By how much the books miss, relative to the largest line."""
    volume = grid.voxel_volume
    mean = report.mean_field
    taken = 0.0 if sink is None else volume * dt * float(np.sum(sink * mean))
    given = 0.0 if source is None else volume * dt * float(np.sum(source))
    change = volume * (float(np.sum(after)) - float(np.sum(before)))
    lines = [*report.face_amounts, -report.decay_amount, -taken, given, -carried, report.fixed_amount]
    largest = max(volume * float(np.abs(before).sum()), *(abs(line) for line in lines))
    return abs(change - sum(lines) - report.unsolved) / largest


@pytest.fixture(scope="session")
def reference():
    return Reference


@pytest.fixture(scope="session")
def grid_of():
    return make_grid


@pytest.fixture(scope="session")
def face_of():
    return make_face


@pytest.fixture(scope="session")
def gap_of():
    return books_gap


@pytest.fixture(scope="session")
def solver_of():
    def make(grid, diffusion=1e3, decay=0.1, faces=(CLOSED,) * 6, **more):
        return SignalSolver(grid, diffusion, decay, faces, **more)

    return make


@pytest.fixture(scope="session")
def rows_of(ground_truth):
    """Rows of a file of the reference data on diffusion, as dicts of numbers."""

    def read(name):
        with (ground_truth / "diffusion" / name).open() as file:
            return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]

    return read
