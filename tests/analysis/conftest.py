"""Loads the snapshot factory that the tests of the recorder and of the analysis share."""

import importlib.util
import sys
from pathlib import Path

import pytest

from tissue_sim.recorder.recorder import Recorder

SOURCE = Path(__file__).parents[1] / "recorder" / "synthetic_runs.py"


@pytest.fixture(scope="session")
def synthetic():
    """The module with `snapshot`, `header` and the values they hold."""
    if "synthetic_runs" not in sys.modules:
        specification = importlib.util.spec_from_file_location("synthetic_runs", SOURCE)
        module = importlib.util.module_from_spec(specification)
        sys.modules["synthetic_runs"] = module
        specification.loader.exec_module(module)
    return sys.modules["synthetic_runs"]


@pytest.fixture(scope="session")
def snapshots(synthetic):
    """Five snapshots; the second has no cells."""
    return [
        synthetic.snapshot(time, number) for time, number in ((0, 4), (60, 0), (120, 30), (180, 31), (240, 9))
    ]


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory, synthetic, snapshots):
    """A recorded run, read only."""
    folder = tmp_path_factory.mktemp("runs") / "synthetic-1"
    with Recorder.create(folder, synthetic.header(), snapshots[0]) as recorder:
        for snapshot in snapshots[1:]:
            recorder.write(snapshot)
        recorder.write_summary({"signals": 3.0, "mechanics": 1.0}, {"steps redone by backward Euler": 2})
    return folder
