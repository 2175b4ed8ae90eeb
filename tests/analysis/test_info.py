"""The text of `tissue-sim info`."""

import pandas as pd
import pytest

from tissue_sim.analysis.info import closure_of, info
from tissue_sim.analysis.run import open_run
from tissue_sim.recorder.recorder import Recorder


def test_info_says_what_ran_and_what_came_out(run_folder, snapshots):
    with open_run(run_folder) as run:
        text = info(run)
    last = snapshots[-1]
    for part in (
        "title       a test",
        "seed        7",
        "tissue_sim 0.1, python 3.11",
        "tissue-sim run x.yaml",
        "../masks/vessels.npy  sha256 26a66b061e8f48f3",
        "5 snapshots, 0 to 4 h",
        "cells       9 at the end (of 4)",
        f"{last.populations['stroma/necrotic']} necrotic",
        f"max {last.signals['oxygen'].values.max():.4g} mmHg",
        "hypoxic_fraction = 0.24 at the end",
        "face x_min 480",
        "(mmHg*um^3)",
        "steps redone by backward Euler: 2",
        "wall time   4.00 s",
        "75.0%",
        "run.cells.vtkhdf",
    ):
        assert part in text, part
    assert max(len(line) for line in text.splitlines()) < 160


def test_info_of_a_run_without_cells_signals_or_end(tmp_path, synthetic):
    first = synthetic.snapshot(0, 0, signals=False, networks=False)
    Recorder.create(tmp_path / "run", synthetic.header(domain=None, machine={}), first).close()
    with open_run(tmp_path / "run") as run:
        text = info(run)
    assert "cells       0 at the end (of 0)" in text
    assert "wall time   not recorded" in text
    assert "signals" not in text


@pytest.mark.parametrize(("field", "expected"), [(60.0, 0.0), (60.6, 0.6 / 100), (-40.0, 1.0)])
def test_how_well_the_books_close(field, expected):
    books = pd.DataFrame(
        {"initial": [100.0, 100.0], "decay": [0.0, -50.0], "uptake": [0, 10], "field": [100, field]}
    )
    assert closure_of(books) == pytest.approx(expected)


def test_info_shows_how_well_the_books_close(tmp_path, synthetic):
    first = synthetic.snapshot(0, 2)
    first.ledger["oxygen"].clear()
    first.ledger["oxygen"].update(initial=200.0, decay=-1.0, field=199.0 + 2e-8)
    Recorder.create(tmp_path / "run", synthetic.header(), first).close()
    with open_run(tmp_path / "run") as run:
        assert "oxygen  closes to 1.0e-10 of the largest line" in info(run)
