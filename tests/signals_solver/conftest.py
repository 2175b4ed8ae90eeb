"""A slow, independent reference for the signal solver, and how tests build one."""

import csv

import numpy as np
import pytest
import scipy.sparse as sparse
from scipy.sparse.linalg import spsolve

from tissue_sim.signals.boundaries.boundary import boundary
from tissue_sim.signals.solver.solver import FaceCoefficients, SignalSolver
from tissue_sim.signals.solver.varying_operator import FaceLayer
from tissue_sim.tissue.domain import Grid

GAMMA = 1.0 - 1.0 / np.sqrt(2.0)
CLOSED = FaceCoefficients(0.0, 1.0)


class Reference:
    """The equation du/dt = M u + b as a sparse matrix, assembled voxel by voxel.

    `diffusion` is a number or (nz, ny, nx); then the faces are FaceLayer or None.
    """

    def __init__(self, grid, diffusion, decay, faces, sink=None, source=None, fixed=None):
        self.grid, self.fixed = grid, fixed
        nz, ny, nx = grid.shape
        size = nz * ny * nx
        varies = isinstance(diffusion, np.ndarray)
        matrix, constant = sparse.lil_matrix((size, size)), np.zeros(size)
        for z in range(nz):
            for y in range(ny):
                for x in range(nx):
                    row = (z * ny + y) * nx + x
                    for axis, (place, number) in enumerate(((x, nx), (y, ny), (z, nz))):
                        if not grid.present[axis]:
                            continue
                        own = diffusion[z, y, x] if varies else diffusion
                        for side, step in ((0, -1), (1, 1)):
                            other = place + step
                            if grid.periodic[axis]:
                                other %= number
                            at = [x, y, z]
                            at[axis] = other
                            inside = 0 <= other < number
                            beyond = diffusion[at[2], at[1], at[0]] if varies and inside else own
                            mean = 2.0 / (1.0 / own + 1.0 / beyond) if own * beyond > 0.0 else 0.0
                            rate = mean / grid.spacing[axis] ** 2
                            matrix[row, row] -= rate
                            if inside:
                                matrix[row, (at[2] * ny + at[1]) * nx + at[0]] += rate
                            else:
                                face = faces[2 * axis + side]
                                factor, given = (1.0, 0.0) if face is None else (face.factor, face.constant)
                                if varies and face is not None:
                                    across = [z, y, x]
                                    del across[2 - axis]
                                    factor, given = factor[tuple(across)], given[tuple(across)]
                                matrix[row, row] += rate * factor
                                constant[row] += rate * given
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


def make_layer(name, diffusion, grid, place, **numbers):
    """The coefficients of every voxel of a face, as the settings give them."""
    layer = np.take(diffusion, 0 if place % 2 == 0 else -1, axis=2 - place // 2)
    faces = [make_face(name, value, grid.spacing[place // 2], **numbers) for value in layer.ravel()]
    parts = (np.array([getattr(face, key) for face in faces]) for key in ("constant", "factor"))
    return FaceLayer(*(part.reshape(layer.shape) for part in parts))


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
def layer_of():
    return make_layer


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
