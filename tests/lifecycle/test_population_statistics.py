"""Growth rates and fractions of whole populations against exact solutions (reference data)."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from tissue_sim.tissue.columns import Column

FOUNDERS = 10_000
HOUR = 60.0

LIVE = {
    "cycle": {"model": "live", "rate": "0.0432 /h"},
    "death": {"apoptosis": {"rate": "0.00319 /h", "duration": "exponential(516)"}},
}
KI67 = {
    "cycle": {
        "phases": {
            "Q": {"rate": 1 / (8.5 * HOUR), "target_volume": 1},
            "K1": {"rate": 1 / (13 * HOUR), "target_volume": 2, "divides": True},
            "K2": {"rate": 1 / (2.5 * HOUR)},
        }
    },
    "death": {"apoptosis": {"rate": 1 / (168 * HOUR), "duration": "exponential(516)"}},
}


LENGTHS = pytest.mark.parametrize("last", [20, pytest.param(72, marks=pytest.mark.slow)])
"""Hours; the asymptotic growth and fractions are looked at in the long runs."""


def rows_of(path):
    with path.open() as file:
        return list(csv.DictReader(file))


class Clones:
    """A population whose cells remember their founder: independent clones give standard errors."""

    def __init__(self, tissue, founders):
        self.tissue, self.founders = tissue, founders
        tissue.population.declare(Column("founder", "i8", initial=-1))
        tissue.population["founder"][:] = np.arange(founders)

    def counts(self, kinds):
        """Return cells of every kind in every clone, int64[founders, number of kinds]."""
        population = self.tissue.population
        kind = kinds(population["state"], population["phase"].astype(int))
        number = int(kind.max()) + 1 if len(kind) else 1
        flat = np.bincount(population["founder"] * 4 + kind, minlength=4 * self.founders)
        assert number <= 4
        return flat.reshape(self.founders, 4)


def agrees(values, expected, margin=0.0):
    """Whether the mean over clones is within 3 standard errors (and rounding of the table) of expected."""
    error = values.std(ddof=1) / np.sqrt(len(values))
    return abs(values.mean() - expected) < 3 * error + margin


def ratio_agrees(part, whole, expected):
    """Whether sum(part)/sum(whole) is within 3 standard errors of expected (delta method over clones)."""
    spread = (part - expected * whole).std(ddof=1) / np.sqrt(len(whole)) / whole.mean()
    return abs(part.sum() / whole.sum() - expected) < 3 * spread + 1e-6


@LENGTHS
def test_live_transient_and_asymptotics(tissue_of, ground_truth, last):
    clones = Clones(tissue_of(LIVE, number=FOUNDERS, seed=11), FOUNDERS)
    seen = {}
    for row in rows_of(ground_truth / "population/live_transient.csv"):
        hour = float(row["time_h"])
        if hour > last:
            continue
        clones.tissue.run(HOUR * hour)
        counts = clones.counts(lambda state, phase: (state > 0).astype(int))
        seen[hour] = counts
        assert agrees(counts[:, 0], float(row["live_over_N0"]), 1e-6), hour
        assert agrees(counts[:, 1], float(row["apoptotic_over_N0"]), 1e-6), hour
    if last < 50:
        return
    exact = {row["phase"]: row for row in rows_of(ground_truth / "population/eigenfractions.csv")[:2]}
    growth = float(exact["live"]["growth_rate_per_h"])
    assert ratio_agrees(seen[50.0][:, 0], seen[20.0][:, 0], np.exp(30 * growth))
    fraction = float(exact["apoptotic"]["fraction_of_all_cells"])
    assert ratio_agrees(seen[50.0][:, 1], seen[50.0].sum(axis=1), fraction)


@LENGTHS
def test_ki67_transient_and_asymptotics(tissue_of, ground_truth, last):
    clones = Clones(tissue_of(KI67, number=FOUNDERS, seed=12), FOUNDERS)
    seen = {}
    for row in rows_of(ground_truth / "population/ki67_hds_transient.csv"):
        hour = float(row["time_h"])
        if hour > last:
            continue
        clones.tissue.run(HOUR * hour)
        counts = clones.counts(lambda state, phase: np.where(state > 0, 3, phase))
        seen[hour] = total = counts.sum(axis=1)
        assert agrees(total, float(row["total_over_N0"]), 1e-6), hour
        for kind, name in enumerate(("Q", "K1", "K2", "A")):
            if hour > 0:
                assert ratio_agrees(counts[:, kind], total, float(row[name])), (hour, name)
    if last < 50:
        return
    exact = [r for r in rows_of(ground_truth / "population/eigenfractions.csv") if r["model"] == "ki67_hds"]
    for row in exact:
        kind = ("Q", "K1", "K2", "apoptotic").index(row["phase"])
        assert ratio_agrees(counts[:, kind], total, float(row["fraction_of_all_cells"])), row["phase"]
    growth = float(exact[0]["growth_rate_per_h"])
    assert ratio_agrees(seen[72.0], seen[50.0], np.exp(22 * growth))


@pytest.mark.parametrize(("trees", "last"), [(300, 7), pytest.param(2000, 10, marks=pytest.mark.slow)])
def test_growth_rule_b(tissue_of, ground_truth, trees, last):
    time = 600.0
    cycle = {"model": "sizer", "growth": 1000 / time, "threshold": "normal(2, 0.4, min=0)"}
    clones = Clones(tissue_of({"volume": 1000, "cycle": cycle}, number=trees, seed=13), trees)
    for row in rows_of(ground_truth / "population/growth_rule_b.csv"):
        if float(row["t_over_T"]) > last:
            continue
        clones.tissue.run(time * float(row["t_over_T"]))
        sizes = np.bincount(clones.tissue.population["founder"], minlength=trees)
        margin = 3 * float(row["standard_error"])
        error = 3 * sizes.std(ddof=1) / np.sqrt(trees)
        assert abs(sizes.mean() - float(row["mean_cells"])) < np.hypot(margin, error), row
