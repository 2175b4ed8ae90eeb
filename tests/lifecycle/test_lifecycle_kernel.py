"""The kernel against a plain Python cell, on any number of threads, in any order, and without the JIT."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from tissue_sim.kernels.distributions import draw as draw_from
from tissue_sim.kernels.lifecycle.advance import advance_cells, advance_range
from tissue_sim.kernels.lifecycle.codes import CYCLE, PHASE_DURATION, SIZER_THRESHOLD
from tissue_sim.kernels.philox import uniform, uniform_pair
from tissue_sim.random_numbers import Purpose

TYPES = {
    "phases": {
        "volume": 800,
        "growth": 0.01,
        "cycle": {
            "phases": {
                "G0": {"rate": 0.05, "next": {"G0": 0.3, "S": 0.7}},
                "S": {"duration": "normal(8, 2)", "target_volume": 2},
                "M": {"duration": 3, "divides": True, "next": "G0"},
            }
        },
        "death": {"apoptosis": {"rate": 0.003, "duration": "exponential(30)"}},
    },
    "live": {"cycle": {"model": "live", "rate": 0.03}, "death": {"necrosis": {"rate": 0.004}}},
    "sizer": {
        "volume": 500,
        "cycle": {"model": "sizer", "growth": 15, "threshold": "normal(2, 0.4, min=0)"},
        "death": {"apoptosis": {"rate": 0.01, "duration": 20, "volume": 0.3}},
    },
    "none": {"nuclear_volume": 100},
}
CHANGED = (
    "phase", "phase_time", "age", "lifecycle_lag", "lifecycle_pending", "phase_remaining", "volume",
    "target_volume", "nuclear_volume", "radius",
)  # fmt: skip


def mixture(tissue_of, minutes=60, number=200):
    tissue = tissue_of(types=TYPES, number=number)
    for kind in (1, 2, 3):
        tissue.add(number, kind=kind)
    tissue.run(minutes)
    return tissue


def arguments(tissue, rows=slice(None)):
    """Return the kernel's arguments with copies of the cells' columns, in the given order."""
    population, process, tables = tissue.population, tissue.lifecycle, tissue.lifecycle._tables
    column = {name: np.array(population[name][rows]) for name in population.columns}
    rates = np.ascontiguousarray(process._rates(tissue)[:, rows])
    fixed = [column[name] for name in ("cell_id", "type", "state")]
    events = np.zeros(len(column["cell_id"]), dtype=np.uint8)
    out = [*(column[name] for name in CHANGED), events]
    return [
        tissue.key, tissue.clock.tick, 6.0, *fixed, tables.first, tables.phases, tables.draws, tables.chances,
        rates, process._nuclear, column["lifecycle_due"], *out,
    ], out  # fmt: skip


class PlainCell:
    """One cell in plain Python, from the settings alone."""

    def __init__(self, tissue, row):
        self.tissue, self.row = tissue, row
        population = tissue.population
        self.kind = tissue.cell_types[population["type"][row]]
        self.plan = tissue.lifecycle._plans[population["type"][row]]
        names = ("cell_id", "state", "phase_remaining", *CHANGED)
        self.values = {name: population[name][row].item() for name in names}

    def rate(self, name):
        return float(self.tissue.behaviours.effective(name)[self.row])

    def draw(self, purpose, number):
        return uniform_pair(self.tissue.key, self.values["cell_id"], self.tissue.clock.tick, purpose, number)

    def grow(self, phase, span):
        v = self.values
        if phase.ending == "sized":
            v["volume"] += self.rate(phase.behaviour) * span
        else:
            gap = (v["volume"] - v["target_volume"]) * math.exp(-self.rate("growth") * span)
            v["volume"] = v["target_volume"] + gap
        v["phase_time"] += span
        v["phase_remaining"] -= span

    def live(self, left):
        v = self.values
        for number in range(1, 1000):
            phase = self.plan.phases[v["phase"]]
            rates = [
                self.rate(phase.behaviour) if phase.ending == "at_rate" else 0.0,
                self.rate("death.apoptosis.rate"),
                self.rate("death.necrosis.rate"),
            ]
            scheduled = math.inf
            if phase.ending == "scheduled":
                scheduled = v["phase_remaining"]
            if phase.ending == "sized":
                scheduled = max(0.0, (v["target_volume"] - v["volume"]) / self.rate(phase.behaviour))
            u, w = self.draw(CYCLE, 2 * number)
            chance = -math.log(u) / sum(rates) if sum(rates) else math.inf
            if min(scheduled, chance) > left:
                self.grow(phase, left)
                v["lifecycle_lag"] = 0.0
                return 0
            self.grow(phase, min(scheduled, chance))
            left -= min(scheduled, chance)
            v["lifecycle_lag"] = left
            if chance < scheduled:
                which = int(np.searchsorted(np.cumsum(rates), w * sum(rates), side="right"))
                if which:
                    return 1 + which
            if phase.divides:
                return 1
            u = uniform(self.tissue.key, v["cell_id"], self.tissue.clock.tick, CYCLE, 2 * number + 1)
            v["phase"] = int(np.searchsorted(np.cumsum(phase.next), u, side="right"))
            self.enter(number)
        raise AssertionError("too many phases")

    def enter(self, number):
        v, phase = self.values, self.plan.phases[self.values["phase"]]
        key, tick = self.tissue.key, self.tissue.clock.tick
        v["phase_time"], v["phase_remaining"] = 0.0, math.inf
        if not math.isnan(phase.target_volume):
            v["target_volume"] = phase.target_volume
        if phase.draw is not None:
            v["phase_remaining"] = draw_from(
                phase.draw.encoded(), key, v["cell_id"], tick, PHASE_DURATION, number
            )

    def dying(self, left):
        v = self.values
        part = min(1.0, left / v["phase_remaining"])
        v["volume"] += (v["target_volume"] - v["volume"]) * part
        v["lifecycle_lag"] = max(0.0, left - v["phase_remaining"])
        v["phase_time"] += min(left, v["phase_remaining"])
        v["phase_remaining"] = max(0.0, v["phase_remaining"] - left)
        return 4 if part == 1.0 else 0

    def step(self, dt):
        v = self.values
        v["age"] += dt
        left = dt + v["lifecycle_lag"]
        v["lifecycle_pending"] = self.dying(left) if v["state"] else self.live(left)
        v["radius"] = (3 * v["volume"] / (4 * math.pi)) ** (1 / 3)
        v["nuclear_volume"] = v["volume"] * (100 / 2494 if self.kind == "none" else 540 / 2494)
        return [v[name] for name in CHANGED]


def test_kernel_is_the_plain_cell(tissue_of):
    tissue = mixture(tissue_of)
    seen = set()
    for _ in range(5):
        plain = [PlainCell(tissue, row).step(6.0) for row in range(tissue.population.size)]
        given, out = arguments(tissue)
        advance_cells(*given)
        for name, values, expected in zip(CHANGED, out, zip(*plain, strict=True), strict=False):
            np.testing.assert_allclose(values, expected, rtol=1e-11, atol=1e-9, err_msg=name)
        np.testing.assert_array_equal(out[-1], out[CHANGED.index("lifecycle_pending")])
        seen |= set(out[-1].tolist())
        tissue.step()
        tissue.run(tissue.clock.time)
    assert seen == {0, 1, 2, 3, 4}


def test_kernel_gives_the_same_bits_on_1_and_2_threads_and_serially(tissue_of):
    if numba.config.NUMBA_NUM_THREADS < 2:
        pytest.skip("this machine gives numba one thread only")
    tissue = mixture(tissue_of, number=2000)
    results = []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        given, out = arguments(tissue)
        advance_cells(*given)
        results.append(out)
    given, out = arguments(tissue)
    advance_range(0, tissue.population.size, *given)
    results.append(out)
    for first, second, third in zip(*results, strict=True):
        np.testing.assert_array_equal(first, second)
        np.testing.assert_array_equal(first, third)


def test_kernel_does_not_depend_on_the_order_of_rows(tissue_of):
    tissue = mixture(tissue_of)
    order = np.random.default_rng(1).permutation(tissue.population.size)
    given, out = arguments(tissue)
    advance_cells(*given)
    shuffled, shuffled_out = arguments(tissue, order)
    advance_cells(*shuffled)
    for values, others in zip(out, shuffled_out, strict=True):
        np.testing.assert_array_equal(values[order], others)


def test_a_cell_does_not_depend_on_the_others(tissue_of):
    tissue = mixture(tissue_of)
    given, out = arguments(tissue)
    advance_cells(*given)
    some = np.arange(0, tissue.population.size, 7)
    alone, alone_out = arguments(tissue, some)
    advance_cells(*alone)
    for values, others in zip(out, alone_out, strict=True):
        np.testing.assert_array_equal(values[some], others)


def test_purposes_of_draws():
    assert (PHASE_DURATION, CYCLE, SIZER_THRESHOLD) == (
        Purpose.PHASE_DURATION,
        Purpose.CYCLE,
        Purpose.SIZER_THRESHOLD,
    )


def test_runs_without_the_jit(tissue_of, tmp_path):
    """A small tissue in a process with the JIT switched off: the same cells, the same numbers."""
    here = Path(__file__).parent
    code = f"""
import importlib.util, numpy as np
def load(name):
    spec = importlib.util.spec_from_file_location(name, r"{here}/" + name + ".py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
bare, own = load("conftest"), load("test_lifecycle_kernel")
def build(settings=None, number=1, types=None, **options):
    tissue = bare.BareTissue(types, **options)
    tissue.add(number)
    return tissue
population = own.mixture(build, number=3).population
np.savez(r"{tmp_path}/plain.npz", **{{name: population[name] for name in population.columns}})
"""
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=120)
    plain = np.load(tmp_path / "plain.npz")
    population = mixture(tissue_of, number=3).population
    assert population.size > 12
    for name in population.columns:
        np.testing.assert_allclose(population[name], plain[name], rtol=1e-11, atol=1e-9, err_msg=name)
