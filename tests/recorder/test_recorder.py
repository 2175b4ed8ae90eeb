"""The recorder's own rules: order of times, resuming, selections, what the header keeps."""

import h5py
import numpy as np
import pytest

from tissue_sim.errors import RunError
from tissue_sim.recorder.cells import chunk_rows_for, recorded_dtype
from tissue_sim.recorder.recorder import Recorder
from tissue_sim.recorder.scenario_group import read_header
from tissue_sim.recorder.selection import RecordSelection


def record(folder, synthetic, times, number=5):
    with Recorder.create(folder, synthetic.header(), synthetic.snapshot(times[0], number)) as recorder:
        for time in times[1:]:
            recorder.write(synthetic.snapshot(time, number))
        recorder.write_summary({"signals": 1.5, "mechanics": 0.25}, {"steps_redone": 3})


def contents(path):
    """Everything that counts in a run, by name."""
    found = {}
    with h5py.File(path / "run.h5", "r") as file:
        count = int(file["data/cells/Steps"].attrs["NSteps"])
        events = int(file["lineage"].attrs["length"])

        def visit(name, item):
            if isinstance(item, h5py.Dataset) and not name.startswith("scenario"):
                stop = {"lineage": events, "data": count}.get(name.split("/")[0], count)
                found[name] = item[:stop] if name != "lineage/recorded" else item[:count]

        file.visititems(visit)
        cells = file["data/cells"]
        end = int(cells["Steps/PointOffsets"][count - 1] + cells["NumberOfPoints"][count - 1])
        found["Points"] = cells["Points"][:end]
        found["HIF"] = cells["PointData/hypoxia__HIF"][:end]
        found["counts"] = np.array([count, events, int(file["measures"].attrs["length"])])
    return found


@pytest.mark.parametrize("time", [120.0, 150.0])
def test_a_run_taken_up_again_equals_one_that_never_stopped(tmp_path, synthetic, time):
    times = [0, 60, 120, 180, 240]
    record(tmp_path / "whole", synthetic, times)
    record(tmp_path / "parts", synthetic, [0, 60, 120, 170, 200, 210])
    with Recorder.reopen(tmp_path / "parts", time) as recorder:
        assert recorder.times == [0, 60, 120]
        assert recorder.last_time == 120
        for later in times[3:]:
            recorder.write(synthetic.snapshot(later, 5))
    whole, parts = contents(tmp_path / "whole"), contents(tmp_path / "parts")
    assert whole.keys() == parts.keys()
    for name, values in whole.items():
        np.testing.assert_array_equal(parts[name], values, err_msg=name)


def test_later_rows_are_dropped_from_every_table(tmp_path, synthetic):
    xarray = pytest.importorskip("xarray")
    record(tmp_path / "run", synthetic, [0, 60, 120, 180])
    Recorder.reopen(tmp_path / "run", 60).close()
    with h5py.File(tmp_path / "run/run.h5", "r") as file:
        assert int(file["data/cells/Steps"].attrs["NSteps"]) == 2
        assert int(file["data/signals/Steps"].attrs["NSteps"]) == 2
        assert int(file["measures"].attrs["length"]) == 2
        assert int(file["lineage"].attrs["length"]) == len(synthetic.lineage(4, 60)["time"])
        assert file["data/cells/Steps/Values"][:].tolist() == [0, 60]
    for group in ("signals", "measures", "ledger/oxygen", "summary"):
        with xarray.open_dataset(tmp_path / "run/run.h5", engine="h5netcdf", group=group) as dataset:
            assert dataset.time.values.tolist() == [0, 60]


def test_a_time_before_the_first_snapshot_cannot_be_taken_up(tmp_path, synthetic):
    record(tmp_path / "run", synthetic, [60, 120])
    with pytest.raises(RunError, match="no snapshot at or before 30 min"):
        Recorder.reopen(tmp_path / "run", 30)
    assert contents(tmp_path / "run")["counts"][0] == 2


def test_what_is_no_run_cannot_be_taken_up(tmp_path):
    with pytest.raises(RunError, match=r"holds no run\.h5"):
        Recorder.reopen(tmp_path, 0)
    (tmp_path / "run.h5").write_text("something else")
    with pytest.raises(RunError, match="the run was left as it is"):
        Recorder.reopen(tmp_path, 0)
    assert (tmp_path / "run.h5").read_text() == "something else"
    with h5py.File(tmp_path / "run.h5", "w") as file:
        file["x"] = 1
    with pytest.raises(RunError, match="is not a run of tissue_sim"):
        Recorder.reopen(tmp_path, 0)


def test_times_must_go_forward(tmp_path, synthetic):
    with Recorder.create(tmp_path / "run", synthetic.header(), synthetic.snapshot(60, 3)) as recorder:
        for time in (60, 30):
            with pytest.raises(RunError, match=f"a snapshot at {time} min cannot follow one at 60 min"):
                recorder.write(synthetic.snapshot(time, 3))
        recorder.write(synthetic.snapshot(90, 3))
        assert recorder.steps == 2


def test_an_existing_run_is_not_overwritten(tmp_path, synthetic):
    record(tmp_path / "run", synthetic, [0, 60])
    with pytest.raises(RunError, match=r"run\.h5 exists; choose another folder"):
        Recorder.create(tmp_path / "run", synthetic.header(), synthetic.snapshot(0, 3))
    assert contents(tmp_path / "run")["counts"][0] == 2


def test_a_column_that_disappears_is_an_error_and_costs_nothing(tmp_path, synthetic):
    recorder = Recorder.create(tmp_path / "run", synthetic.header(), synthetic.snapshot(0, 3))
    with pytest.raises(RunError, match=r"lacks '(hypoxia__HIF|fate__Apoptosis)', which the run began with"):
        recorder.write(synthetic.snapshot(60, 3, networks=False))
    recorder.close()
    assert contents(tmp_path / "run")["counts"][0] == 1


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (RecordSelection(columns=["radiuss"]), "cannot record column 'radiuss'; did you mean 'radius'"),
        (RecordSelection(signals=["oxigen"]), "cannot record signal 'oxigen'; did you mean 'oxygen'"),
    ],
)
def test_an_unknown_selection_is_refused_and_leaves_no_file(tmp_path, synthetic, selection, message):
    with pytest.raises(RunError, match=message):
        Recorder.create(tmp_path / "run", synthetic.header(), synthetic.snapshot(0, 3), selection)
    assert not (tmp_path / "run/run.h5").exists()


def test_names_that_are_taken_are_refused(tmp_path, synthetic):
    first = synthetic.snapshot(0, 3)
    first.measures["time"] = 1.0
    with pytest.raises(RunError, match="'time' cannot be recorded under /measures"):
        Recorder.create(tmp_path / "a", synthetic.header(), first)
    first = synthetic.snapshot(0, 3)
    first.signals["z"] = first.signals["oxygen"]
    with pytest.raises(RunError, match="a signal cannot be called 'z'"):
        Recorder.create(tmp_path / "b", synthetic.header(), first)


def test_signals_need_a_grid_of_their_shape(tmp_path, synthetic):
    with pytest.raises(RunError, match="without a grid"):
        Recorder.create(tmp_path / "a", synthetic.header(domain=None), synthetic.snapshot(0, 3))
    with pytest.raises(RunError, match=r"shape \(2, 2, 2\), the grid \(3, 4, 5\)"):
        Recorder.create(tmp_path / "b", synthetic.header(), synthetic.snapshot(0, 3, shape=(2, 2, 2)))


def test_rows_are_put_into_the_order_of_cell_id(tmp_path, synthetic):
    first = synthetic.snapshot(0, 6)
    order = np.array([3, 0, 5, 1, 4, 2])
    columns = {
        name: type(column)(column.values[order], column.unit) for name, column in first.columns.items()
    }
    shuffled = type(first)(
        **{**{name: getattr(first, name) for name in first.__dataclass_fields__}, "columns": columns}
    )
    with Recorder.create(tmp_path / "run", synthetic.header(), shuffled):
        pass
    with h5py.File(tmp_path / "run/run.h5", "r") as file:
        cells = file["data/cells"]
        assert cells["PointData/cell_id"][:6].tolist() == [2, 4, 6, 8, 10, 12]
        np.testing.assert_array_equal(cells["Points"][:6], first.columns["position"].values.astype("f4"))


def test_values_beyond_float32_are_recorded_as_infinity(tmp_path, synthetic):
    first = synthetic.snapshot(0, 3)
    first.columns["radius"].values[:] = [1e300, -1e300, 1.0]
    with np.errstate(all="raise"), Recorder.create(tmp_path / "run", synthetic.header(), first):
        pass
    with h5py.File(tmp_path / "run/run.h5", "r") as file:
        assert file["data/cells/PointData/radius"][:3].tolist() == [np.inf, -np.inf, 1.0]


def test_the_header_comes_back_as_it_was(tmp_path, synthetic):
    header = synthetic.header(seed=2**63 + 5)
    Recorder.create(tmp_path / "run", header, synthetic.snapshot(0, 3)).close()
    with h5py.File(tmp_path / "run/run.h5", "r") as file:
        assert read_header(file) == header
        stored = {entry.attrs["name"]: entry.attrs["sha256"] for entry in file["scenario/files"].values()}
    assert stored == header.checksums


def test_a_stored_file_that_was_changed_is_noticed(tmp_path, synthetic):
    Recorder.create(tmp_path / "run", synthetic.header(), synthetic.snapshot(0, 3)).close()
    with h5py.File(tmp_path / "run/run.h5", "r+") as file:
        file["scenario/files/0"][0] = 9
        with pytest.raises(RunError, match=r"'../masks/vessels.npy' does not match its sha256"):
            read_header(file)


@pytest.mark.parametrize(
    ("number", "rows"), [(0, 2048), (1, 2048), (2049, 4096), (5000, 8192), (100_000, 65536), (10**7, 65536)]
)
def test_chunks_follow_the_number_of_cells_at_the_start(number, rows):
    assert chunk_rows_for(number) == rows


def test_small_snapshots_waste_little(tmp_path, synthetic):
    with Recorder.create(tmp_path / "run", synthetic.header(), synthetic.snapshot(0, 5)) as recorder:
        before = recorder.path.stat().st_size
        for step in range(1, 61):
            recorder.write(synthetic.snapshot(step, 5))
        grown = recorder.path.stat().st_size - before
    # 5 cells with 15 float or integer columns and two fields of 60 voxels hold about 1 kB.
    assert grown / 60 < 3000


def test_only_numbers_can_be_recorded():
    assert recorded_dtype(np.zeros(1, dtype="f8")) == np.dtype("f4")
    assert recorded_dtype(np.zeros(1, dtype=bool)) == np.dtype("u1")
    assert recorded_dtype(np.zeros(1, dtype=">i8")) == np.dtype("<i8")
    with pytest.raises(RunError, match="only numbers can"):
        recorded_dtype(np.array(["a"]))
