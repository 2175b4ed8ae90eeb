"""h5py, xarray and VTK read every value that was recorded, also after the folder moved."""

import warnings

import h5py
import numpy as np
import pytest

from tissue_sim.recorder.recorder import Recorder
from tissue_sim.recorder.selection import RecordSelection

NUMBERS = {0: 4, 60: 0, 120: 7, 180: 2500, 240: 0, 300: 1}


@pytest.fixture(scope="module")
def snapshots(synthetic):
    return [synthetic.snapshot(time, number) for time, number in NUMBERS.items()]


@pytest.fixture(scope="module")
def run(tmp_path_factory, synthetic, snapshots):
    """A run of six snapshots, two of them without cells, in a folder that was moved and renamed."""
    folder = tmp_path_factory.mktemp("first") / "run"
    with Recorder.create(folder, synthetic.header(), snapshots[0]) as recorder:
        for snapshot in snapshots[1:]:
            recorder.write(snapshot)
    moved = tmp_path_factory.mktemp("second") / "another name"
    folder.rename(moved)
    return moved


def recorded(values):
    if values.dtype.kind == "f":
        return values.astype("f4")
    return values.astype("u1") if values.dtype.kind == "b" else values


def test_h5py_reads_every_value_of_every_cell(run, snapshots):
    with h5py.File(run / "run.h5", "r") as file:
        cells = file["VTKHDF"]
        steps = cells["Steps"]
        assert int(steps.attrs["NSteps"]) == len(snapshots)
        assert set(cells["PointData"]) == set(snapshots[0].columns) - {"position"}
        chunk = cells["Points"].chunks[0]
        for step, snapshot in enumerate(snapshots):
            assert steps["Values"][step] == snapshot.time
            start, number = steps["PointOffsets"][step], cells["NumberOfPoints"][step]
            assert start % chunk == 0
            assert number == NUMBERS[int(snapshot.time)]
            rows = slice(start, start + number)
            np.testing.assert_array_equal(
                cells["Points"][rows], recorded(snapshot.columns["position"].values)
            )
            for name, dataset in cells["PointData"].items():
                expected = recorded(snapshot.columns[name].values)
                assert dataset.dtype == expected.dtype, name
                np.testing.assert_array_equal(dataset[rows], expected, err_msg=name)
                assert steps["PointDataOffsets"][name][step] == start


def test_layout_is_the_one_documented(run):
    with h5py.File(run / "run.h5", "r") as file:
        cells = file["data/cells"]
        assert cells.attrs["Version"].tolist() == [2, 2]
        kind = cells.attrs.get_id("Type").get_type()
        assert not kind.is_variable_str()
        assert kind.get_cset() == h5py.h5t.CSET_ASCII
        assert file["data/signals"].attrs["Type"] == b"ImageData"
        assert file.get("VTKHDF", getlink=True).path == "/data/cells"
        for part in ("Lines", "Polygons", "Strips"):
            assert cells[f"{part}/NumberOfCells"][:].tolist() == [0] * 6
            assert cells[f"{part}/NumberOfConnectivityIds"][:].tolist() == [0] * 6
            assert cells[f"{part}/Offsets"][:].tolist() == [0]
            assert cells[f"{part}/Connectivity"].shape == (0,)
        identity = cells["Vertices/Offsets"]
        assert identity[:2501].tolist() == list(range(2501))
        assert identity.shape[0] % identity.chunks[0] == 0
        for name in ("CellOffsets", "ConnectivityIdOffsets"):
            assert not cells[f"Steps/{name}"][:].any()
        for dataset in (cells["Points"], cells["PointData/radius"], file["signals/oxygen"]):
            assert (dataset.compression, dataset.compression_opts, dataset.shuffle) == ("gzip", 1, True)
        assert file["signals/oxygen"].chunks == (1, 3, 4, 5)
        assert file["signals/oxygen"] == file["data/signals/CellData/oxygen"]


def test_units_and_names_stand_beside_the_values(run):
    with h5py.File(run / "run.h5", "r") as file:
        columns = file["data/cells/PointData"]
        assert columns["radius"].attrs["units"] == "um"
        assert columns["radius"].attrs["description"] == "radius"
        assert columns["type"].attrs["names"].tolist() == ["tumour", "stroma"]
        assert columns["state"].attrs["names"].tolist() == ["live", "apoptotic", "necrotic"]
        assert file["signals/oxygen"].attrs["units"] == "mmHg"
        assert file["lineage/cause"].attrs["names"].tolist()[:2] == ["founder", "division"]


@pytest.mark.parametrize("name", ["oxygen", "VEGF"])
def test_xarray_reads_every_voxel(run, snapshots, synthetic, name):
    xarray = pytest.importorskip("xarray")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with xarray.open_dataset(run / "run.h5", engine="h5netcdf", group="signals") as dataset:
            field = dataset[name]
            assert field.dims == ("time", "z", "y", "x")
            np.testing.assert_array_equal(dataset.time, [snapshot.time for snapshot in snapshots])
            for axis, coordinate in enumerate("xyz"):
                np.testing.assert_array_equal(dataset[coordinate], synthetic.GRID.centres(axis))
                assert dataset[coordinate].attrs["units"] == "um"
            assert dataset.time.attrs["units"] == "min"
            expected = np.array([recorded(snapshot.signals[name].values) for snapshot in snapshots])
            np.testing.assert_array_equal(field.values, expected)


@pytest.mark.parametrize(
    ("group", "variable", "value_of"),
    [
        ("measures", "hypoxic_fraction", lambda snapshot: snapshot.measures["hypoxic_fraction"]),
        ("ledger/oxygen", "face x_min", lambda snapshot: snapshot.ledger["oxygen"]["face x_min"]),
        ("ledger/oxygen", "decay", lambda snapshot: snapshot.ledger["oxygen"]["decay"]),
    ],
)
def test_xarray_reads_the_series(run, snapshots, group, variable, value_of):
    xarray = pytest.importorskip("xarray")
    with xarray.open_dataset(run / "run.h5", engine="h5netcdf", group=group) as dataset:
        assert dataset[variable].dims == ("time",)
        np.testing.assert_array_equal(dataset.time, [snapshot.time for snapshot in snapshots])
        np.testing.assert_array_equal(dataset[variable], [value_of(snapshot) for snapshot in snapshots])


def test_xarray_reads_the_populations_by_name(run, snapshots):
    xarray = pytest.importorskip("xarray")
    with xarray.open_dataset(run / "run.h5", engine="h5netcdf", group="summary") as dataset:
        live = dataset.populations.sel(population="tumour/live")
        np.testing.assert_array_equal(live, [snapshot.populations["tumour/live"] for snapshot in snapshots])


def vtk_steps(path):
    """Yield the output of VTK's own reader for each time step."""
    vtk = pytest.importorskip("vtk")
    errors = []
    reader = vtk.vtkHDFReader()
    reader.AddObserver("ErrorEvent", lambda *_: errors.append("error"))
    assert reader.CanReadFile(str(path))
    reader.SetFileName(str(path))
    reader.UpdateInformation()
    for step in range(reader.GetNumberOfSteps()):
        reader.SetStep(step)
        reader.Update()
        assert not errors
        yield reader.GetTimeValue(), reader.GetOutput()


@pytest.mark.parametrize("file", ["run.cells.vtkhdf", "run.h5"])
def test_vtk_reads_every_value(run, snapshots, file):
    convert = pytest.importorskip("vtk.util.numpy_support").vtk_to_numpy
    read = 0
    for (time, output), snapshot in zip(vtk_steps(run / file), snapshots, strict=True):
        number = len(snapshot.columns["cell_id"].values)
        assert time == snapshot.time
        assert output.GetNumberOfPoints() == number
        assert output.GetNumberOfVerts() == number
        assert output.GetNumberOfCells() == number
        if number:
            np.testing.assert_array_equal(
                convert(output.GetPoints().GetData()), recorded(snapshot.columns["position"].values)
            )
            np.testing.assert_array_equal(
                convert(output.GetVerts().GetConnectivityArray()), np.arange(number)
            )
        for name in set(snapshot.columns) - {"position"}:
            array = output.GetPointData().GetArray(name)
            assert array is not None, name
            assert array.GetNumberOfTuples() == number
            if number:
                np.testing.assert_array_equal(
                    convert(array), recorded(snapshot.columns[name].values), err_msg=name
                )
                read += 1
    assert read == 11 * 4


def test_vtk_reads_every_voxel(run, snapshots, synthetic):
    convert = pytest.importorskip("vtk.util.numpy_support").vtk_to_numpy
    grid = synthetic.GRID
    for (time, output), snapshot in zip(vtk_steps(run / "run.signals.vtkhdf"), snapshots, strict=True):
        assert time == snapshot.time
        assert output.GetOrigin() == grid.origin
        assert output.GetSpacing() == grid.spacing
        assert output.GetDimensions() == tuple(n + 1 for n in reversed(grid.shape))
        for name, signal in snapshot.signals.items():
            values = convert(output.GetCellData().GetArray(name)).reshape(grid.shape)
            np.testing.assert_array_equal(values, recorded(signal.values), err_msg=name)


def test_a_selection_is_written_and_no_more(tmp_path, synthetic):
    chosen = RecordSelection(columns=["radius", "hypoxia__HIF"], signals=["VEGF"])
    first = synthetic.snapshot(0, 5)
    with Recorder.create(tmp_path / "run", synthetic.header(), first, chosen) as recorder:
        recorder.write(synthetic.snapshot(60, 6))
    with h5py.File(tmp_path / "run/run.h5", "r") as file:
        assert set(file["data/cells/PointData"]) == {"cell_id", "type", "state", "radius", "hypoxia__HIF"}
        assert set(file["data/signals/CellData"]) == {"VEGF"}
        assert set(file["signals"]) == {"time", "z", "y", "x", "VEGF"}


def test_a_run_without_signals_has_no_signals_file(tmp_path, synthetic):
    first = synthetic.snapshot(0, 5, signals=False)
    with Recorder.create(tmp_path / "run", synthetic.header(domain=None), first) as recorder:
        recorder.write(synthetic.snapshot(60, 6, signals=False))
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["run.cells.vtkhdf", "run.h5"]
    assert [output.GetNumberOfPoints() for _, output in vtk_steps(tmp_path / "run/run.cells.vtkhdf")] == [
        5,
        6,
    ]


def test_a_snapshot_that_was_never_finished_is_not_read(tmp_path, synthetic):
    xarray = pytest.importorskip("xarray")
    expected = [synthetic.snapshot(60 * step, 5 + step) for step in range(3)]
    recorder = Recorder.create(tmp_path / "run", synthetic.header(), expected[0])
    for snapshot in expected[1:]:
        recorder.write(snapshot)
    recorder._writers.write(3, synthetic.snapshot(180, 9))
    recorder._commit()
    with xarray.open_dataset(tmp_path / "run/run.h5", engine="h5netcdf", group="signals") as dataset:
        assert dataset.oxygen.shape == (3, 3, 4, 5)
        np.testing.assert_array_equal(dataset.oxygen[2], recorded(expected[2].signals["oxygen"].values))
    for file in ("run.cells.vtkhdf", "run.signals.vtkhdf"):
        assert [time for time, _ in vtk_steps(tmp_path / "run" / file)] == [0, 60, 120]
    numbers = [output.GetNumberOfPoints() for _, output in vtk_steps(tmp_path / "run/run.cells.vtkhdf")]
    assert numbers == [5, 6, 7]
    recorder.close()


def test_a_run_that_never_has_a_cell(tmp_path, synthetic):
    with Recorder.create(tmp_path / "run", synthetic.header(), synthetic.snapshot(0, 0)) as recorder:
        recorder.write(synthetic.snapshot(60, 0))
    assert [output.GetNumberOfPoints() for _, output in vtk_steps(tmp_path / "run/run.cells.vtkhdf")] == [
        0,
        0,
    ]
