from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.errors import SimulationError

RADIUS, DIFFUSION = 150.0, 1e5


def _centres(grid):
    x, y, z = (grid.centres(axis) for axis in range(3))
    return np.stack([values.ravel() for values in np.meshgrid(x, y, z, indexing="ij")], axis=1)


def _spheroid(make_tissue, add_cells, spacing):
    """Cells that fill the voxels of a ball; the closed form is given in the shell of voxels around it."""
    number = 2 * int(np.ceil((RADIUS + spacing) / spacing)) + 1
    length = np.sqrt(DIFFUSION / 10.1)

    def exact(r):
        r = np.maximum(r, 1e-9)
        return 38.0 * RADIUS * np.sinh(r / length) / (r * np.sinh(RADIUS / length))

    axis = (np.arange(number) - number // 2) * spacing
    r = np.sqrt(axis[:, None, None] ** 2 + axis[:, None] ** 2 + axis**2)
    shell = np.unique(np.round(r[(r >= RADIUS) & (r < RADIUS + 2 * spacing)], 6))
    masks = {f"{i}.npy": np.abs(r - radius) < 1e-5 for i, radius in enumerate(shell)}
    fixed = [
        {"signal": "oxygen", "mask": f"{i}.npy", "value": float(exact(radius))}
        for i, radius in enumerate(shell)
    ]
    made = make_tissue(
        {"oxygen": {"unit": "mmHg", "diffusion": DIFFUSION, "decay": 0.1, "initial": 38, "mode": "steady"}},
        {"a": {"oxygen": {"uptake": 10}}},
        shape=(number,) * 3, spacing=spacing, fixed=fixed, masks=masks,
    )  # fmt: skip
    centres = _centres(made.grid)
    add_cells(made.tissue, centres[np.linalg.norm(centres, axis=1) < RADIUS], volume=spacing**3)
    made.process.advance(made.tissue, 0.1)
    return (
        made,
        made.tissue.fields["oxygen"][number // 2, number // 2, number // 2 :],
        axis[number // 2 :],
        exact,
    )


def test_spheroid_of_cells_equals_the_closed_form(ground_truth, make_tissue, add_cells, assert_books_close):
    table = np.loadtxt(ground_truth / "diffusion" / "uptake_sphere_R150.csv", delimiter=",", skiprows=1)
    errors = []
    for spacing in (50.0, 25.0):
        made, profile, r, exact = _spheroid(make_tissue, add_cells, spacing)
        np.testing.assert_allclose(exact(table[:, 0]), table[:, 1], rtol=1e-6)
        inside = r < RADIUS
        errors.append(np.abs(profile[inside] / exact(r[inside]) - 1.0).max())
        assert_books_close(made.process)
    assert errors[1] < 2e-3
    assert errors[0] / errors[1] > 3.0


def test_slab_of_cells_equals_the_closed_form(ground_truth, make_tissue, add_cells, assert_books_close):
    """Decay replaced by cells that fill every voxel and take up at the same rate."""
    table = np.loadtxt(ground_truth / "diffusion" / "slab_dirichlet_decay.csv", delimiter=",", skiprows=1)
    signal = {"diffusion": DIFFUSION, "boundary": {"default": {"value": 38}}, "mode": "steady"}
    errors, length = [], np.sqrt(DIFFUSION / 0.1)
    for number in (10, 20, 40):
        made = make_tissue(
            {"oxygen": signal},
            {"a": {"oxygen": {"uptake": 0.1}}},
            shape=(1, 1, number),
            spacing=1000 / number,
        )
        x = made.grid.centres(0)
        add_cells(made.tissue, np.stack([x, 0 * x, 0 * x], axis=1), volume=(1000 / number) ** 3)
        made.process.advance(made.tissue, 0.1)
        exact = 38.0 * np.cosh(x / length) / np.cosh(500.0 / length)
        errors.append(np.abs(made.tissue.fields["oxygen"].ravel() / exact - 1.0).max())
        assert_books_close(made.process)
    np.testing.assert_allclose(
        38.0 * np.cosh(table[:, 0] / length) / np.cosh(500 / length), table[:, 1], rtol=1e-6
    )
    order = np.polyfit(np.log([10, 20, 40]), np.log(errors), 1)[0]
    assert -2.2 < order < -1.8
    assert errors[-1] < 1e-4


def test_saturating_uptake_ends_where_a_long_transient_ends(make_tissue, add_cells, assert_books_close):
    signal = {"diffusion": 1e4, "initial": 0, "boundary": {"default": {"value": 20}}}
    exchange = {"a": {"s": {"uptake": {"max": 3000, "half": 0.5}, "secretion": 0.2, "saturation": 3}}}
    positions = np.random.default_rng(2).uniform(-60, 60, (30, 3))
    fields = []
    for mode, steps, dt in (("steady", 1, 0.1), ("transient", 40, 2.0)):
        made = make_tissue({"s": {**signal, "mode": mode}}, exchange, shape=(5, 6, 6))
        add_cells(made.tissue, positions, volume=3000.0)
        for _ in range(steps):
            made.process.advance(made.tissue, dt)
        fields.append(made.tissue.fields["s"])
        assert_books_close(made.process)
    np.testing.assert_allclose(fields[0], fields[1], rtol=1e-5, atol=1e-5)
    assert fields[0].min() < 12.0


def test_founders_sense_the_steady_state(make_tissue, add_cells):
    signal = {"diffusion": 1e4, "initial": 0, "boundary": {"default": {"value": 20}}, "mode": "steady"}
    made = make_tissue({"s": signal}, {"a": {"s": {"uptake": 1}}}, shape=(3, 3, 3))
    assert made.tissue.fields["s"].max() == 0.0
    add_cells(made.tissue, [0, 0, 0])
    np.testing.assert_allclose(made.tissue.fields["s"], 20.0, rtol=0.01)
    lines = made.process.ledger()["s"]
    assert lines["imposed"] == pytest.approx(lines["field"])


def test_zero_order_slab_has_its_necrotic_core(make_tissue, assert_books_close):
    """Constant uptake q, c0 on both faces: the field vanishes beyond the depth sqrt(2 D c0 / q)."""
    q, c0, diffusion, number = 20.0, 10.0, 1e4, 80
    signal = {"diffusion": diffusion, "boundary": {"default": {"value": c0}}, "mode": "steady"}
    sources = [{"signal": "s", "region": {"all": True}, "rate": -q}]
    made = make_tissue({"s": signal}, shape=(1, 1, number), spacing=4.0, sources=sources)
    made.process.advance(made.tissue, 1.0)
    depth = np.sqrt(2.0 * diffusion * c0 / q)
    x = 160.0 - np.abs(made.grid.centres(0))
    exact = 0.5 * q / diffusion * np.maximum(depth - x, 0.0) ** 2
    np.testing.assert_allclose(made.tissue.fields["s"].ravel(), exact, atol=0.01)
    assert made.tissue.fields["s"].min() >= 0.0
    lines = made.process.ledger()["s"]
    assert lines["shortfall"] == pytest.approx(
        q * 64.0 * number * (1.0 - 2.0 * depth / 4.0 / number), rel=0.01
    )
    assert_books_close(made.process)


def test_no_steady_state_is_an_error(make_tissue):
    sources = [{"signal": "s", "region": {"all": True}, "rate": 1}]
    made = make_tissue({"s": {"diffusion": 1e4, "mode": "steady"}}, shape=(2, 2, 2), sources=sources)
    with pytest.raises(SimulationError, match=r"signal s: .*no steady state"):
        made.process.advance(made.tissue, 1.0)
