"""What goes wrong in a run ends in a clear error or as documented, and loses nothing recorded."""

from __future__ import annotations

import resource
import subprocess
import sys

import numpy as np
import pytest

from tissue_sim import open_run
from tissue_sim.cli import main
from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.simulation import Simulation

BEGIN = """\
tissue_sim: 1
duration: {duration}
record:
  every: 6 min
steps:
  mechanics: 0.5 min
  signals: 0.5 min
  network: 0.5 min
  lifecycle: 6 min
domain:
  size: {size}
  boundary: {boundary}
"""

CROWD = """\
cell_types:
  a:
    volume: 2494 um^3
    mechanics: physicell
    cycle:
      model: live
      rate: 0.02 /min
initial:
  - type: a
    point: [0, 0, 0]
"""

WALKER = """\
cell_types:
  a:
    volume: 500 um^3
    mechanics: none
    motility:
      speed: 10 um/min
      persistence: 10000 min
initial:
  - type: a
    ball:
      center: [0, 0, 0]
      radius: 20 um
"""

RUNAWAY = """\
networks:
  net:
    equations: |
      X' = X^2
    initial:
      X: 0.01
cell_types:
  a:
    volume: 500 um^3
    mechanics: none
    networks:
      - net
initial:
  - type: a
    points:
      - [0, 0, 0]
      - [20, 0, 0]
"""


def text_of(rest: str, *, duration: str, size: str = "[60, 60, 60]", boundary: str = "open") -> str:
    return BEGIN.format(duration=duration, size=size, boundary=boundary) + rest


@pytest.mark.parametrize("boundary", ["wall", "periodic"])
def test_an_overfull_box_stays_finite_and_inside(tmp_path, boundary):
    text = text_of(CROWD, duration="6 h", size="[40, 40, 40]", boundary=boundary)
    simulation = Simulation(load_scenario_text(text, tmp_path))
    for _ in simulation:
        pass
    population = simulation.tissue.population
    # Far more cells than fit: the box holds the volume of 26.
    assert population.size > 200
    position = population["position"]
    assert np.isfinite(position).all()
    assert (np.abs(position) <= 20.0).all()
    assert population["pressure"].max() > 1.0


def test_cells_that_leave_an_open_domain_are_counted_or_removed(tmp_path, capsys):
    path = tmp_path / "open.yaml"
    path.write_text(text_of(WALKER, duration="30 min"))
    assert main(["run", str(path), "--output", str(tmp_path / "open"), "--no-picture"]) == 0
    assert "cells that left an open domain" in capsys.readouterr().out
    with open_run(tmp_path / "open") as run:
        cells = run.cells(run.times[-1])
        assert len(cells) == len(run.cells(0.0)) > 3
    path.write_text(text_of(WALKER, duration="30 min", boundary="remove"))
    assert main(["run", str(path), "--output", str(tmp_path / "removed"), "--no-picture"]) == 0
    with open_run(tmp_path / "removed") as run:
        assert len(run.cells(run.times[-1])) == 0
        assert set(run.lineage()["removal_time"].dropna()) != set()


def test_a_network_that_runs_away_names_cell_and_time(tmp_path, capsys):
    path = tmp_path / "runaway.yaml"
    path.write_text(text_of(RUNAWAY, duration="4 h"))
    assert main(["run", str(path), "--output", str(tmp_path / "run"), "--no-picture"]) == 1
    error = capsys.readouterr().err
    assert "cell_id 1" in error
    assert "net" in error
    assert "time 99.5 min" in error or "time 100 min" in error  # X' = X^2 from 0.01 ends at 100 min
    assert "is in" in error
    with open_run(tmp_path / "run") as run:
        assert run.times[-1] == 96.0
        assert run.cells(96.0)["net__X"].iloc[0] == pytest.approx(0.01 / (1.0 - 0.96), rel=1e-3)


@pytest.mark.parametrize(("reaction", "state"), [("freeze", "live"), ("apoptosis", "apoptotic")])
def test_a_network_that_runs_away_may_freeze_or_kill(tmp_path, reaction, state):
    text = text_of(
        RUNAWAY.replace("    initial:\n", f"    on_failure: {reaction}\n    initial:\n", 1), duration="2 h"
    )
    simulation = Simulation(load_scenario_text(text, tmp_path))
    last = list(simulation)[-1]
    assert last.populations[f"a/{state}"] == 2


def test_a_full_disk_keeps_what_was_recorded(tmp_path):
    path = tmp_path / "full.yaml"
    path.write_text(text_of(CROWD, duration="20 h", size="[400, 400, 400]"))

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    words = [sys.executable, "-m", "tissue_sim", "run", str(path), "--output", str(tmp_path / "run")]
    done = subprocess.run(
        [*words, "--no-picture", "--quiet"],
        capture_output=True,
        text=True,
        preexec_fn=small_files,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "run.h5" in done.stderr
    assert "are kept" in done.stderr
    assert "Traceback" not in done.stderr
    with open_run(tmp_path / "run") as run:
        assert len(run.times) > 3
        assert len(run.cells(run.times[-1])) > 0
