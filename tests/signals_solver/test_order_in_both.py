"""Second order when voxels and steps shrink together: every kind of boundary, split and implicit.

u(t) = steady part + form(k x) cos(c y) exp(-(D (k^2 + c^2) + loss) t) on a sheet that is periodic along y.
"""

import numpy as np
import pytest

from tissue_sim.signals.solver.solver import FaceCoefficients

CLOSED = FaceCoefficients(0.0, 1.0)
DIFFUSION, LENGTH, LOSS, TIME = 1500.0, 240.0, 0.3, 1.0
SIZES = [13, 19, 27, 39]
KINDS = ["value", "flux", "mixed", "periodic", "fixed"]


def problem_of(kind):
    """Return form, wave number, steady part of x (which a source keeps up), and the faces' numbers."""
    if kind == "value":
        return np.cos, np.pi / LENGTH, lambda x: 3 + 0 * x, {"value": 3.0}
    if kind == "mixed":
        k = 0.6 * np.pi / LENGTH
        permeability = DIFFUSION * k * np.tan(0.5 * k * LENGTH)
        return np.cos, k, lambda x: 3 + 0 * x, {"value": 3.0, "permeability": permeability}
    if kind == "flux":
        return np.sin, np.pi / LENGTH, lambda x: 3 + x / LENGTH, {"flux": DIFFUSION / LENGTH}
    return np.sin, (2 if kind == "periodic" else 1) * np.pi / LENGTH, lambda x: 3 + 0 * x, {}


def faces_of(kind, numbers, spacing, face_of):
    if kind in ("periodic", "fixed"):
        return [CLOSED] * 6
    pair = [face_of(kind, DIFFUSION, spacing, **numbers)] * 2
    if kind == "flux":
        pair[0] = face_of("flux", DIFFUSION, spacing, flux=-numbers["flux"])
    return [*pair, *[CLOSED] * 4]


@pytest.mark.parametrize("implicit", [False, True], ids=["split", "implicit"])
@pytest.mark.parametrize("kind", KINDS)
def test_second_order_in_space_and_time_together(kind, implicit, face_of, grid_of, solver_of):
    form, k, still, numbers = problem_of(kind)
    c, errors = 2 * np.pi / LENGTH, []
    for number in SIZES:
        h, dt = LENGTH / number, TIME / number
        grid = grid_of((1, number, number), (h, h, 20.0), (kind == "periodic", True, False))
        x, y = grid.centres(0)[None, None, :], grid.centres(1)[None, :, None]
        wave, steady = form(k * x) * np.cos(c * y), still(x) + 0 * y
        held = {}
        if kind == "fixed":
            # Nodes of the wave, held at what they have.
            node = np.abs(np.sin(k * x) + 0 * y) < 1e-9
            assert node.any()
            held = {"fixed_mask": node, "fixed_values": np.full(grid.shape, 3.0)}
        faces = faces_of(kind, numbers, h, face_of)
        solver = solver_of(grid, DIFFUSION, 0.0 if implicit else LOSS, faces, **held)
        sink = np.full(grid.shape, LOSS) if implicit else None
        field, source = steady + wave, LOSS * steady
        for _ in range(number):
            report = solver.step(field, sink, source, dt, lasting_source=True)
            assert not report.used_backward_euler
            assert (report.mean_field is None) == (not implicit and kind != "fixed")
        error = field - steady - wave * np.exp(-(DIFFUSION * (k**2 + c**2) + LOSS) * TIME)
        errors.append((np.sqrt(np.mean(error**2)), np.abs(error).max()))
    for norm in np.transpose(errors):
        assert -np.polyfit(np.log(SIZES), np.log(norm), 1)[0] == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize("dims", [2, 3])
def test_fixed_voxels_are_second_order_in_space(dims, grid_of, solver_of):
    """The steady profile beside a held strip, with decay; the strip keeps its place on every grid."""
    decay = 0.4
    length, errors, sizes = np.sqrt(DIFFUSION / decay), [], [9, 15, 21, 33]
    for number in sizes:
        h = LENGTH / number
        shape = (3 if dims == 3 else 1, 4, number)
        grid = grid_of(shape, (h, h, h), (True, dims == 2, False))
        x = grid.centres(0)[None, None, :] + np.zeros(shape)
        middle = np.abs(x) < 1e-9
        field = np.zeros(shape)
        solver = solver_of(grid, DIFFUSION, decay, fixed_mask=middle, fixed_values=np.full(shape, 38.0))
        solver.steady(field, None, None, 1e-11)
        # Around the ring the two strips' mid-way is a mirror.
        exact = 38.0 * np.cosh((0.5 * LENGTH - np.abs(x)) / length) / np.cosh(0.5 * LENGTH / length)
        assert field[middle] == pytest.approx(38.0)
        errors.append(np.abs(field - exact).max())
    assert -np.polyfit(np.log(sizes), np.log(errors), 1)[0] == pytest.approx(2.0, abs=0.15)
