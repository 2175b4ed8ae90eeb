"""Second order in space for every kind of boundary, fitted against closed forms."""

import numpy as np
import pytest

from tissue_sim.signals.solver.solver import FaceCoefficients

CLOSED = FaceCoefficients(0.0, 1.0)
DIFFUSION, DECAY, LENGTH = 2e3, 0.4, 300.0


def slope(sizes, errors):
    return -np.polyfit(np.log(sizes), np.log(errors), 1)[0]


def misses(field, value):
    """Root mean square and largest error."""
    error = np.ravel(field - value)
    return np.sqrt(np.mean(error**2)), np.abs(error).max()


def assert_second_order(sizes, errors):
    """Both norms; the largest error of value faces converges from below."""
    mean, largest = np.transpose(errors)
    assert slope(sizes, mean) == pytest.approx(2.0, abs=0.08)
    assert slope(sizes, largest) == pytest.approx(2.0, abs=0.15)


def wave(x):
    """A smooth function without symmetry, its slope and its second derivative."""
    k = 1.3 * np.pi / LENGTH
    return 3 + np.cos(k * x + 0.4), -k * np.sin(k * x + 0.4), -(k**2) * np.cos(k * x + 0.4)


def end_faces(kind, face_of, spacing):
    """Both ends of the line as `wave` wants them."""
    faces = []
    for x, outward in ((-0.5 * LENGTH, -1.0), (0.5 * LENGTH, 1.0)):
        value, steepness, _ = wave(x)
        flux = DIFFUSION * steepness * outward
        if kind == "value":
            faces.append(face_of("value", DIFFUSION, spacing, value=value))
        elif kind == "flux":
            faces.append(face_of("flux", DIFFUSION, spacing, flux=flux))
        else:
            outside = value + flux / 15.0
            faces.append(face_of("mixed", DIFFUSION, spacing, value=outside, permeability=15.0))
    return faces


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("kind", ["value", "flux", "mixed"])
def test_a_line_with_sink_and_source(kind, axis, face_of, grid_of, solver_of):
    sizes, errors = [24, 37, 64, 128], []
    for number in sizes:
        spacing = LENGTH / number
        shape, steps = [1, 1, 1], [20.0, 20.0, 20.0]
        shape[2 - axis], steps[axis] = number, spacing
        grid = grid_of(tuple(shape), tuple(steps))
        faces = [CLOSED] * 6
        faces[2 * axis : 2 * axis + 2] = end_faces(kind, face_of, spacing)
        x = grid.centres(axis)
        value, _, bend = wave(x)
        sink = 0.3 + 0.2 * np.sin(x / 40.0)
        source = -DIFFUSION * bend + (DECAY + sink) * value
        form = [1, 1, 1]
        form[2 - axis] = number
        field = np.zeros(grid.shape)
        solver = solver_of(grid, DIFFUSION, DECAY, faces)
        solver.steady(field, sink.reshape(form), source.reshape(form), 1e-11)
        errors.append(misses(field.ravel(), value))
    assert_second_order(sizes, errors)


def test_a_periodic_line(grid_of, solver_of):
    sizes, errors = [24, 37, 64, 128], []
    for number in sizes:
        grid = grid_of((1, 1, number), (LENGTH / number, 20.0, 20.0), (True, False, False))
        x, k = grid.centres(0), 2 * np.pi / LENGTH
        value = 2 + np.sin(k * x + 0.3)
        source = DIFFUSION * k**2 * (value - 2) + DECAY * value
        field = np.zeros(grid.shape)
        solver_of(grid, DIFFUSION, DECAY).steady(field, None, source.reshape(grid.shape), 1e-11)
        errors.append(misses(field.ravel(), value))
    assert_second_order(sizes, errors)


@pytest.mark.parametrize("kinds", [("value", "flux"), ("mixed", "value"), ("flux", "periodic")])
def test_a_sheet_of_two_kinds(kinds, face_of, grid_of, solver_of):
    sizes, errors = [12, 17, 24, 36], []
    for number in sizes:
        numbers = (number, 2 * number)
        spacing = (LENGTH / numbers[0], LENGTH / numbers[1], 20.0)
        periodic = tuple(kind == "periodic" for kind in kinds)
        grid = grid_of((1, numbers[1], numbers[0]), spacing, (*periodic, False))
        faces, forms, bends = [], [], []
        for axis, kind in enumerate(kinds):
            form, bend, pair = shape_of(kind, grid.centres(axis), face_of, spacing[axis])
            forms.append(form)
            bends.append(bend)
            faces += pair
        value = forms[1][:, None] * forms[0][None, :]
        source = DIFFUSION * (bends[0] + bends[1]) * value + DECAY * value
        field = np.zeros(grid.shape)
        solver = solver_of(grid, DIFFUSION, DECAY, (*faces, CLOSED, CLOSED))
        solver.steady(field, None, source[None], 1e-10)
        errors.append(misses(field[0], value))
    assert_second_order(sizes, errors)


def shape_of(kind, x, face_of, spacing):
    """An eigenfunction for homogeneous faces of a kind: its values, minus the eigenvalue, the faces."""
    if kind == "value":
        k = np.pi / LENGTH
        return np.cos(k * x), k**2, [face_of("value", DIFFUSION, spacing, value=0.0)] * 2
    if kind == "mixed":
        k = 0.6 * np.pi / LENGTH
        permeability = DIFFUSION * k * np.tan(0.5 * k * LENGTH)
        face = face_of("mixed", DIFFUSION, spacing, value=0.0, permeability=permeability)
        return np.cos(k * x), k**2, [face] * 2
    k = (2 if kind == "periodic" else 1) * np.pi / LENGTH
    return np.sin(k * x), k**2, [CLOSED] * 2


def test_a_box_with_value_closed_and_periodic_axes(face_of, grid_of, solver_of):
    sizes, errors = [10, 13, 18, 24], []
    for number in sizes:
        numbers = (number, number, 2 * number)
        spacing = tuple(LENGTH / n for n in numbers)
        grid = grid_of(numbers[::-1], spacing, (False, False, True))
        value, total, faces = np.ones(grid.shape), 0.0, []
        for axis, kind in enumerate(("value", "flux", "periodic")):
            form, bend, pair = shape_of(kind, grid.centres(axis), face_of, spacing[axis])
            where = [None, None, None]
            where[2 - axis] = slice(None)
            value = value * form[tuple(where)]
            total += bend
            faces += pair
        field = np.zeros(grid.shape)
        solver_of(grid, DIFFUSION, DECAY, faces).steady(
            field, None, (DIFFUSION * total + DECAY) * value, 1e-10
        )
        errors.append(misses(field, value))
    assert_second_order(sizes, errors)


def test_decay_length_on_the_grid(rows_of, face_of, grid_of, solver_of):
    """A profile decays by the length of the discrete equation, which is the tabulated one."""
    for row in rows_of("decay_length_on_grid.csv"):
        spacing, length = 20.0, 20.0 / row["dx_over_lambda"]
        grid = grid_of((1, 1, 400), (spacing, 20.0, 20.0))
        face = face_of("value", 1e3, spacing, value=10.0)
        field = np.zeros(grid.shape)
        solver_of(grid, 1e3, 1e3 / length**2, (face, *(CLOSED,) * 5)).steady(field, None, None)
        line = field.ravel()
        measured = spacing / np.log(line[3] / line[4])
        assert measured / length == pytest.approx(row["lambda_grid_over_lambda"], abs=1e-6)
