from __future__ import annotations

import math

import numpy as np
import pytest

from tissue_sim.kernels.signals import exchange as kernels

VOXEL_VOLUME = 8000.0
NAMES = ("secretion", "saturation", "uptake", "maximum", "half", "export")


@pytest.fixture
def cells():
    rng = np.random.default_rng(3)
    n = 60
    rates = {name: rng.uniform(0.0, 3.0, n) for name in NAMES}
    rates["export"] = rng.normal(0.0, 50.0, n)
    rates["maximum"][:10] = 0.0
    rates["half"][5:20] = 0.0
    return {
        "voxel": rng.integers(0, 12, n),
        "active": rng.uniform(size=n) < 0.8,
        "volume": rng.uniform(100.0, 3000.0, n),
        "field": rng.uniform(-0.1, 4.0, 12),
        "mean": rng.uniform(0.0, 4.0, 12),
        "rates": rates,
    }


def _naive(cells, tangent):
    sink, source, removal = np.zeros(12), np.zeros(12), np.zeros(12)
    rate = cells["rates"]
    for i, j in enumerate(cells["voxel"]):
        if not cells["active"][i]:
            continue
        v, rho = cells["volume"][i] / VOXEL_VOLUME, max(cells["field"][j], 0.0)
        sink[j] += v * (rate["secretion"][i] + rate["uptake"][i])
        source[j] += v * rate["secretion"][i] * rate["saturation"][i]
        m, h = rate["maximum"][i], rate["half"][i]
        if m > 0 and h == 0:
            removal[j] += v * m
        elif m > 0 and tangent:
            slope = m * h / (h + rho) ** 2
            sink[j] += v * slope
            source[j] -= v * (m * rho / (h + rho) - slope * rho)
        elif m > 0:
            sink[j] += v * m / (h + rho)
        e = rate["export"][i] / VOXEL_VOLUME
        source[j] += max(e, 0.0)
        removal[j] += max(-e, 0.0)
    return sink, source, removal


def _gather(cells, tangent, *, jit=True):
    out, n = (np.zeros(12), np.zeros(12), np.zeros(12)), len(cells["voxel"])
    rates = [cells["rates"][name] for name in NAMES]
    terms, parts = np.full((3, n), np.nan), np.zeros(-(-n // kernels.CHUNK), dtype=np.int64)
    work_out = kernels.terms_of_cells if jit else kernels.terms_of_cells.py_func
    work_out(
        cells["voxel"], cells["active"], cells["volume"], *rates, cells["field"], VOXEL_VOLUME, tangent,
        terms, parts,
    )  # fmt: skip
    for each, total in zip(terms, out, strict=True):
        (kernels.add_terms if jit else kernels.add_terms.py_func)(cells["voxel"], each, total)
    return int(np.bitwise_or.reduce(parts)), out


@pytest.mark.parametrize("tangent", [True, False])
@pytest.mark.parametrize("jit", [True, False])
def test_gather_equals_naive_loop(cells, tangent, jit):
    used, out = _gather(cells, tangent, jit=jit)
    assert used == kernels.SINK + kernels.SOURCE + kernels.REMOVAL
    for got, wanted in zip(out, _naive(cells, tangent), strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", ["volume", "secretion", "half", "maximum", "export"])
def test_numbers_that_are_none_are_found_in_active_cells(cells, name):
    values = cells["volume"] if name == "volume" else cells["rates"][name]
    cells["active"][:2] = [False, True]
    values[0] = np.nan
    assert not _gather(cells, tangent=True)[0] & kernels.NOT_FINITE
    values[1] = np.nan
    assert _gather(cells, tangent=True)[0] & kernels.NOT_FINITE
    # And in a cell that does take up by a maximum and a half.
    values[:2] = 1.0
    cells["active"][30], cells["rates"]["half"][30] = True, 2.0
    values[30] = np.nan
    assert cells["rates"]["maximum"][31] > 0.0
    assert _gather(cells, tangent=True)[0] & kernels.NOT_FINITE


def test_many_chunks_of_cells_add_up(cells):
    number = 2 * kernels.CHUNK + 100
    many = {key: np.resize(cells[key], number) for key in ("voxel", "active", "volume")}
    rates = {name: np.resize(each, number) for name, each in cells["rates"].items()}
    many = {**cells, **many, "rates": rates}
    for got, wanted in zip(_gather(many, tangent=True)[1], _naive(many, tangent=True), strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-12)


@pytest.mark.parametrize("name", ["uptake", "saturation", "export"])
def test_gather_says_what_it_used(cells, name):
    for other in NAMES:
        if other != name:
            cells["rates"][other][:] = 0.0
    cells["rates"]["export"][:] = np.abs(cells["rates"]["export"])
    used, (sink, source, removal) = _gather(cells, tangent=True)
    assert used == {"uptake": kernels.SINK, "saturation": 0, "export": kernels.SOURCE}[name]
    assert (sink.any(), source.any(), removal.any()) == (name == "uptake", name == "export", False)


@pytest.mark.parametrize("tangent", [True, False])
def test_linearisation_touches_the_saturating_rate(cells, tangent):
    """At the field it is taken at, source - sink rho - removal is the exact rate of exchange."""
    cells["field"] = np.abs(cells["field"])
    _, (sink, source, removal) = _gather(cells, tangent)
    rate, exact = cells["rates"], np.zeros(12)
    for i, j in enumerate(cells["voxel"]):
        if cells["active"][i]:
            v, rho = cells["volume"][i] / VOXEL_VOLUME, cells["field"][j]
            m, h = rate["maximum"][i], rate["half"][i]
            uptake = rate["uptake"][i] * rho + (m * rho / (h + rho) if m > 0 else 0.0)
            exact[j] += v * (rate["secretion"][i] * (rate["saturation"][i] - rho) - uptake)
            exact[j] += rate["export"][i] / VOXEL_VOLUME
    np.testing.assert_allclose(source - sink * cells["field"] - removal, exact, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("tangent", [True, False])
@pytest.mark.parametrize("jit", [True, False])
def test_amounts_are_the_terms_times_the_mean_field(cells, tangent, jit):
    kernel = kernels.amounts_of_cells if jit else kernels.amounts_of_cells.py_func
    _, (sink, source, removal) = _gather(cells, tangent)
    sums = np.zeros((3, 1))
    kernel(
        cells["voxel"], cells["active"], cells["volume"], *(cells["rates"][name] for name in NAMES),
        cells["field"], cells["mean"], tangent, sums,
    )  # fmt: skip
    amounts = sums[:, 0]
    total = VOXEL_VOLUME * np.sum(source - sink * cells["mean"] - removal)
    assert amounts.sum() == pytest.approx(total, rel=1e-12)
    active = cells["active"]
    assert amounts[2] == pytest.approx(cells["rates"]["export"][active].sum(), rel=1e-12)


@pytest.mark.parametrize("jit", [True, False])
def test_softened_removal_fades(jit):
    soften = kernels.soften_removal if jit else kernels.soften_removal.py_func
    shortfall = kernels.softened_shortfall if jit else kernels.softened_shortfall.py_func
    removal, field = np.array([2.0, 2.0, 0.0]), np.array([1.0, 0.05, 5.0])
    sink, source = np.zeros(3), np.zeros(3)
    soften(removal, field, 0.1, sink, source)
    np.testing.assert_allclose(source - sink * field, [-2.0, -1.0, 0.0])
    assert shortfall(removal, field, field, 0.1) == pytest.approx(1.0)


@pytest.mark.parametrize("jit", [True, False])
def test_sum_is_compensated(jit):
    kernel = kernels.compensated_sum if jit else kernels.compensated_sum.py_func
    values = np.concatenate([[1e16], np.full(2000, 0.1), [-1e16]])
    assert kernel(values) == pytest.approx(math.fsum(values), rel=1e-12)
    assert abs(float(np.cumsum(values)[-1]) - math.fsum(values)) > 1.0
