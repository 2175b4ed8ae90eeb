"""A published SBML model, unmodified, in each of 1,000 cells of a tissue."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline

from tissue_sim.scenario.scenario import load_scenario
from tissue_sim.simulation import Simulation

TISSUE = """\
tissue_sim: 1
title: Repressilators (Elowitz and Leibler 2000) in a tissue
duration: {duration} min
steps:
  signals: 1 min
  mechanics: 1 min
  network: 1 min
  lifecycle: 6 min
record:
  every: 1 min
domain:
  size: [400, 400, 400]
networks:
  clock:
    sbml: {model}
    tolerance:
      relative: 1e-8
      absolute: 1e-8
    initial:
      PX: "uniform(0, 200)"
cell_types:
  bacterium:
    volume: 500 um^3
    mechanics: none
    networks:
      - clock
initial:
  - type: bacterium
    box:
      from: [-100, -100, -100]
      to: [100, 100, 100]
    packing: random
    number: 1000
"""


def periods(time: np.ndarray, values: np.ndarray, after: float) -> np.ndarray:
    """Mean time between upward crossings of the mean, for every column of `values`."""
    found = []
    for column in values.T:
        crossings = CubicSpline(time, column - column[time > after].mean()).roots(extrapolate=False)
        spline = CubicSpline(time, column)
        up = np.array([each for each in crossings if each > after and spline(each, 1) > 0.0])
        found.append((up[-1] - up[0]) / (len(up) - 1))
    return np.array(found)


def test_the_period_of_a_thousand_repressilators(ground_truth, tmp_path):
    model = ground_truth / "biomodels" / "BIOMD0000000012.xml"
    path = tmp_path / "tissue.yaml"
    path.write_text(TISSUE.format(duration=2400, model=model))
    simulation = Simulation(load_scenario(path))
    time, values = [], []
    for snapshot in simulation:
        time.append(snapshot.time)
        values.append(snapshot.columns["clock__PX"].values)
    values = np.array(values)
    assert values.shape == (2401, 1000)
    # The cells begin apart and are not coupled: they must not be copies of one another.
    assert np.unique(values[0]).size == 1000
    measured = periods(np.array(time), values, after=1300.0)
    assert np.abs(measured / 125.3542 - 1.0).max() < 1e-4
