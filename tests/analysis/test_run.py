"""A run reads back as tables."""

import shutil
import subprocess
import sys

import h5py
import numpy as np
import pandas as pd
import pytest

from tissue_sim.analysis.run import Run, open_run
from tissue_sim.errors import RunError
from tissue_sim.recorder.recorder import Recorder


@pytest.fixture
def run(run_folder):
    with open_run(run_folder) as opened:
        yield opened


def test_a_folder_and_its_file_are_the_same_run(run_folder, run):
    assert isinstance(run, Run)
    with open_run(run_folder / "run.h5") as other:
        assert other.path == run.path
        np.testing.assert_array_equal(other.times, run.times)


def test_opening_is_lazy_and_a_closed_run_opens_again(run_folder):
    run = open_run(str(run_folder))
    assert run._opened is None
    assert len(run.times) == 5
    assert run._opened is not None
    run.close()
    assert run._opened is None
    assert len(run.cells()) == 9


def test_a_run_opens_beside_a_file_open_in_h5py(run_folder):
    with h5py.File(run_folder / "run.h5") as file, open_run(run_folder) as run:
        assert len(run.times) == file["data/cells/Steps"].attrs["NSteps"]
    with open_run(run_folder) as run:
        assert len(run.times) == 5
        with h5py.File(run_folder / "run.h5") as file:
            assert "data" in file


def test_cells_are_a_table_with_names(run, snapshots):
    cells = run.cells(120)
    expected = snapshots[2]
    names = ("tumour", "stroma")
    assert cells["type"].tolist() == [names[i] for i in expected.columns["type"].values]
    states = ("live", "apoptotic", "necrotic")
    assert cells["state"].tolist() == [states[i] for i in expected.columns["state"].values]
    np.testing.assert_array_equal(cells[["x", "y", "z"]], expected.columns["position"].values.astype("f4"))
    np.testing.assert_array_equal(cells["velocity_y"], expected.columns["velocity"].values[:, 1].astype("f4"))
    np.testing.assert_array_equal(cells["hypoxia__HIF"], expected.columns["hypoxia__HIF"].values.astype("f4"))
    phases = {"tumour": ("G1", "S"), "stroma": ("live", "dead")}
    assert cells["phase_name"].tolist() == [
        phases[kind][phase] for kind, phase in zip(cells["type"], cells["phase"], strict=True)
    ]
    assert cells.attrs["time"] == 120
    assert cells.attrs["units"]["radius"] == "um"
    assert list(cells.columns[:6]) == ["cell_id", "type", "state", "x", "y", "z"]
    assert len(run.cells(60)) == 0
    assert list(run.cells(60).columns) == list(cells.columns)


@pytest.mark.parametrize(
    ("time", "found"),
    [(None, 240), (0, 0), (119, 120), (151, 180), ("2 h", 120), ("0.9 h", 60), (240.0000000001, 240)],
)
def test_the_nearest_recorded_time_is_taken(run, time, found):
    assert run.cells(time).attrs["time"] == found


@pytest.mark.parametrize("time", [-1, 241, "5 h"])
def test_a_time_outside_names_the_range(run, time):
    with pytest.raises(RunError, match=r"recorded is 0 to 240 min \(0 to 4 h\), 5 snapshots"):
        run.cells(time)


def test_an_exact_time_must_be_there(run):
    assert run.cells(120, exact=True).attrs["time"] == 120
    with pytest.raises(RunError, match="no snapshot at 119 min; nearest is 120 min"):
        run.cells(119, exact=True)
    with pytest.raises(RunError, match="no snapshot at 119 min; nearest is 120 min"):
        run.signal("oxygen", 119, exact=True)


def test_signals_and_their_coordinates(run, snapshots, synthetic):
    assert run.signals == ("oxygen", "VEGF")
    field = run.signal("VEGF", 180)
    np.testing.assert_array_equal(field, snapshots[3].signals["VEGF"].values.astype("f4"))
    coordinates = run.signal_coordinates()
    for axis, name in enumerate("xyz"):
        np.testing.assert_array_equal(coordinates[name], synthetic.GRID.centres(axis))
    with pytest.raises(RunError, match="no signal 'oxigen' was recorded; did you mean 'oxygen'"):
        run.signal("oxigen")


def test_the_lineage_has_one_row_for_each_cell(run):
    lineage = run.lineage().set_index("cell_id")
    # Four founders, a birth each ten minutes; every third of those dies and is cleared a minute later.
    assert list(lineage.index) == list(range(1, 4 + 24 + 1))
    assert lineage.loc[1:4, "birth_time"].tolist() == [0, 0, 0, 0]
    assert lineage.loc[1:4, "parent_id"].tolist() == [0, 0, 0, 0]
    assert lineage.loc[5, ["parent_id", "birth_time"]].tolist() == [1, 10]
    assert lineage.loc[5, ["death_time", "removal_time", "cause"]].isna().all()
    assert lineage.loc[7, ["birth_time", "death_time", "removal_time", "cause"]].tolist() == [
        30, 31, 31, "necrosis",
    ]  # fmt: skip
    assert np.isnan(lineage.loc[28, "death_time"])


def test_series(run, snapshots):
    measures = run.measures()
    assert measures.index.tolist() == [0, 60, 120, 180, 240]
    assert measures["hypoxic_fraction"].tolist() == [s.measures["hypoxic_fraction"] for s in snapshots]
    books = run.ledger("oxygen")
    assert list(books.columns) == ["field", "decay", "face x_min"]
    assert books.loc[180].tolist() == [270, -90, 360]
    assert books.attrs["unit"] == "mmHg*um^3"
    with pytest.raises(RunError, match="no ledger of a signal 'VEGF'; there are oxygen"):
        run.ledger("VEGF")


def test_the_summary(run, snapshots):
    summary = run.summary()
    populations = summary["populations"]
    assert populations.loc[120, ("tumour", "live")] == snapshots[2].populations["tumour/live"]
    assert populations["stroma"].columns.tolist() == ["live", "apoptotic", "necrotic"]
    assert summary["timings"] == {"signals": 3.0, "mechanics": 1.0}
    assert summary["counters"] == {"steps redone by backward Euler": 2}


def test_what_ran(run, synthetic):
    assert run.scenario_text == synthetic.header().scenario_text
    assert run.scenario == {"tissue_sim": 1, "title": "a test", "seed": 7}
    assert run.header == synthetic.header()
    assert run.units["oxygen"] == "mmHg"
    assert run.units["velocity"] == "um/min"
    assert repr(run) == (
        "<Run 'synthetic-1': 'a test', 5 snapshots (0 to 4 h), 9 cells at the end, signals oxygen, VEGF>"
    )


def test_a_yaml_scenario_is_read_as_yaml_1_2(tmp_path, synthetic):
    header = synthetic.header(scenario_resolved="rate: 1e-3\nseed: 5\n")
    Recorder.create(tmp_path / "run", header, synthetic.snapshot(0, 2)).close()
    with open_run(tmp_path / "run") as run:
        assert run.scenario == {"rate": 1e-3, "seed": 5}


def test_a_run_of_plain_cells(tmp_path, synthetic):
    first = synthetic.snapshot(0, 5, signals=False, networks=False)
    Recorder.create(tmp_path / "run", synthetic.header(domain=None, files={}), first).close()
    with open_run(tmp_path / "run") as run:
        assert run.signals == ()
        assert run.signal_coordinates() == {}
        assert run.header.domain is None
        assert "signals" not in repr(run)
        with pytest.raises(RunError, match="no ledger of a signal 'oxygen'; there are none"):
            run.ledger("oxygen")


def test_what_is_no_run(tmp_path):
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(RunError, match=r"is not a run; name a run folder or the run\.h5 inside it"):
            open_run(path)
    (tmp_path / "run.h5").write_text("text")
    with pytest.raises(RunError, match="cannot be read as HDF5, so it is not a run"):
        _ = open_run(tmp_path).times
    with h5py.File(tmp_path / "run.h5", "w") as file:
        file["x"] = 1
    with pytest.raises(RunError, match="no run of tissue_sim: it has no /data/cells/Steps"):
        _ = open_run(tmp_path).times


def test_a_run_can_be_read_while_it_is_recorded(tmp_path, synthetic):
    with Recorder.create(tmp_path / "run", synthetic.header(), synthetic.snapshot(0, 5)) as recorder:
        for step in range(1, 4):
            recorder.write(synthetic.snapshot(60 * step, 5 + step))
            with open_run(tmp_path / "run") as run:
                assert len(run.times) == step + 1
                assert len(run.cells()) == 5 + step


def test_a_run_that_crashed_is_read_up_to_its_last_finished_snapshot(tmp_path, synthetic):
    recorder = Recorder.create(tmp_path / "run", synthetic.header(), synthetic.snapshot(0, 5))
    recorder.write(synthetic.snapshot(60, 6))
    recorder._writers.write(2, synthetic.snapshot(120, 7))
    recorder._commit()
    shutil.copytree(tmp_path / "run", tmp_path / "copy")
    recorder.close()
    with open_run(tmp_path / "copy") as run:
        assert run.times.tolist() == [0, 60]
        assert len(run.cells()) == 6
        assert len(run.lineage()) == 4 + 6
        assert run.summary()["timings"] == {}


def test_the_module_does_not_load_pandas_or_matplotlib():
    names = ("pandas", "matplotlib", "numba")
    code = f"import tissue_sim.analysis.run, sys; print([m for m in {names} if m in sys.modules])"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.strip() == "[]"


def test_tables_do_not_share_memory_with_the_file(run):
    cells = run.cells()
    cells.loc[0, "x"] = 1e6
    assert run.cells().loc[0, "x"] != 1e6
    assert isinstance(cells, pd.DataFrame)
