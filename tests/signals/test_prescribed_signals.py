from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.errors import SettingsError, SimulationError
from tissue_sim.signals.settings import SignalSettings


def test_field_is_the_formula_at_the_end_of_each_step(make_tissue, assert_books_close):
    made = make_tissue(
        {"s": {"unit": "nM", "mode": {"prescribed": "k*exp(-x/100) + y + 2*z + time"}}},
        shape=(2, 3, 4), parameters={"k": 7.0},
    )  # fmt: skip
    x, y, z = (made.grid.centres(axis) for axis in range(3))

    def formula(time):
        return 7.0 * np.exp(-x / 100) + y[:, None] + 2 * z[:, None, None] + time

    np.testing.assert_allclose(made.tissue.fields["s"], formula(0.0), rtol=1e-14)
    made.tissue.step()
    made.tissue.step()
    np.testing.assert_allclose(made.tissue.fields["s"], formula(0.2), rtol=1e-14)
    assert made.tissue.fields["s"].flags.c_contiguous
    lines = made.process.ledger()["s"]
    assert lines["imposed"] == pytest.approx(0.2 * 24 * 8000.0)
    assert_books_close(made.process)


def test_a_number_is_a_formula_too(make_tissue):
    made = make_tissue({"s": {"mode": {"prescribed": 3}}}, shape=(1, 2, 2))
    np.testing.assert_array_equal(made.tissue.fields["s"], np.full((1, 2, 2), 3.0))


def test_initial_formula(make_tissue):
    made = make_tissue({"s": {"diffusion": 1, "initial": "2/x^2"}}, shape=(1, 1, 4))
    np.testing.assert_allclose(made.tissue.fields["s"].ravel(), 2.0 / made.grid.centres(0) ** 2)


def test_fixed_voxels_have_their_value_from_the_start(make_tissue, assert_books_close):
    fixed = [{"signal": "s", "region": {"box": {"from": [-20], "to": [20]}}, "value": "2 uM"}]
    signal = {"unit": "nM", "diffusion": 1e3, "decay": 1}
    made = make_tissue({"s": signal}, shape=(1, 1, 8), spacing=10.0, fixed=fixed)
    inside = np.abs(made.grid.centres(0)) < 20
    np.testing.assert_allclose(made.tissue.fields["s"].ravel(), np.where(inside, 2000.0, 0.0))
    for _ in range(30):
        made.process.advance(made.tissue, 1.0)
    field = made.tissue.fields["s"].ravel()
    np.testing.assert_allclose(field[inside], 2000.0)
    assert (field[~inside] > 10.0).all()
    lines = made.process.ledger()["s"]
    assert lines["fixed"] == pytest.approx(lines["field"] - lines["initial"] - lines["decay"], rel=1e-6)
    assert_books_close(made.process)


def test_formula_without_finite_value(make_tissue):
    with pytest.raises(SettingsError, match="no finite value in every voxel at time 0 min"):
        make_tissue({"s": {"mode": {"prescribed": "1/(time*x)"}}}, shape=(1, 1, 2))
    made = make_tissue({"s": {"mode": {"prescribed": "log(0.15 - time)"}}}, shape=(1, 1, 2))
    made.tissue.step()
    with pytest.raises(SimulationError, match=r"time 0\.1 min, signal s: .*no finite value"):
        made.tissue.step()


def test_prescribed_takes_nothing_else():
    with pytest.raises(ValueError, match="leave out decay, diffusion"):
        SignalSettings.model_validate({"mode": {"prescribed": "x"}, "diffusion": 1, "decay": 1})
