"""Whatever ends a run, the snapshots that were finished stay readable and right.

Every write that reaches the disk is logged, and the file is looked at after each of them: that is what a
process killed there would leave.
"""

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from tissue_sim.errors import RunError
from tissue_sim.recorder import cells, ordered_file
from tissue_sim.recorder.recorder import Recorder

PROJECT = Path(__file__).parents[2]
INTERVAL = 10


class LoggedSystem:
    """Stands in for `os` inside `ordered_file`."""

    def __init__(self):
        self.log = []

    def __getattr__(self, name):
        return getattr(os, name)

    def pwrite(self, descriptor, data, offset):
        self.log.append((offset, bytes(data)))
        return os.pwrite(descriptor, data, offset)

    def ftruncate(self, descriptor, size):
        self.log.append((size, None))
        return os.ftruncate(descriptor, size)


class FullDisk(LoggedSystem):
    """Lets the file grow to a size and no further."""

    def __init__(self, most):
        super().__init__()
        self.most = most

    def pwrite(self, descriptor, data, offset):
        if offset + len(data) > self.most:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return os.pwrite(descriptor, data, offset)

    def ftruncate(self, descriptor, size):
        if size > max(self.most, os.fstat(descriptor).st_size):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return os.ftruncate(descriptor, size)


@pytest.fixture
def system(monkeypatch):
    logged = LoggedSystem()
    monkeypatch.setattr(ordered_file, "os", logged)
    return logged


@pytest.fixture
def small_chunks(monkeypatch):
    """Many chunks for few cells, so that the indexes of the chunks are split often."""
    monkeypatch.setattr(cells, "FEWEST_CHUNK_ROWS", 4)
    monkeypatch.setattr(cells, "MOST_CHUNK_ROWS", 4)


def series(synthetic, number, *, most_cells=40, offset=0):
    rng = np.random.default_rng(5)
    counts = rng.integers(0, most_cells + 1, number)
    return [
        synthetic.snapshot(INTERVAL * step + (offset if step else 0), int(count))
        for step, count in enumerate(counts)
    ]


def finished(path, expected, columns=("radius", "cell_id"), dropped=0):
    """Compare all that counts in a file with the snapshots by their time; return how many there are."""
    with h5py.File(path, "r", locking=False) as file:
        group = file["data/cells"]
        steps = group["Steps"]
        times = steps["Values"][: int(steps.attrs["NSteps"])]
        # Beyond NSteps VTK would write over its own memory.
        assert len(steps["Values"]) <= int(steps.attrs["NSteps"]) or dropped
        # While a run is cut back, times to be dropped read as 0 for a moment.
        count = int(np.argmax(np.diff(times, append=-1) < 0)) + 1
        times = times[:count]
        starts, numbers = steps["PointOffsets"][:count], group["NumberOfPoints"][:count]
        for step in {0, count // 2, count - 2, count - 1} & set(range(count)):
            snapshot = expected[times[step]]
            rows = slice(starts[step], starts[step] + numbers[step])
            for name in columns:
                recorded = group["PointData"][name][rows]
                np.testing.assert_array_equal(recorded, snapshot.columns[name].values.astype(recorded.dtype))
            np.testing.assert_array_equal(
                file["data/signals/CellData/oxygen"][step], snapshot.signals["oxygen"].values.astype("f4")
            )
            assert file["ledger/oxygen/decay"][step] == snapshot.ledger["oxygen"]["decay"]
        last = expected[times[-1]]
        np.testing.assert_array_equal(
            file["lineage/cell_id"][: file["lineage/recorded"][count - 1]], last.lineage["cell_id"]
        )
        coordinate = file["signals/time"][:]
        assert count - 1 <= len(coordinate) <= count + dropped
        np.testing.assert_array_equal(coordinate[:count], times[: len(coordinate)])
        return count


def replay(log, begin, image, check, every=1):
    """Apply the log write by write; call `check` from write number `begin` on."""
    with image.open("w+b") as file:
        for number, (offset, data) in enumerate(log):
            if data is None:
                file.truncate(offset)
            else:
                file.seek(offset)
                file.write(data)
            if number + 1 >= begin and (number + 1 - begin) % every == 0:
                file.flush()
                check(number + 1)


def crash_everywhere(tmp_path, synthetic, system, number, begin, every):
    """Record, and look at the file after the writes; return how many counted at each of them."""
    snapshots = series(synthetic, number)
    expected = {snapshot.time: snapshot for snapshot in snapshots}
    marks = []
    with Recorder.create(tmp_path / "run", synthetic.header(), snapshots[0]) as recorder:
        marks.append(len(system.log))
        for snapshot in snapshots[1:]:
            recorder.write(snapshot)
            marks.append(len(system.log))
    counts = []

    def check(written):
        count = finished(tmp_path / "image.h5", expected)
        done = sum(mark <= written for mark in marks)
        # A snapshot may count a moment before `write` returns, never later.
        assert done <= count <= done + 1
        counts.append(count)

    replay(system.log, marks[begin], tmp_path / "image.h5", check, every)
    return counts


def test_a_kill_after_any_write_loses_no_finished_snapshot(tmp_path, synthetic, system, small_chunks):
    counts = crash_everywhere(tmp_path, synthetic, system, number=6, begin=2, every=5)
    assert counts[0] == 3
    assert counts[-1] == 6
    assert len(counts) > 100


@pytest.mark.slow
def test_a_kill_after_any_write_of_a_long_run(tmp_path, synthetic, system, small_chunks):
    """Long enough for chunk indexes of three levels."""
    counts = crash_everywhere(tmp_path, synthetic, system, number=300, begin=285, every=1)
    assert counts[-1] == 300


def test_the_order_of_the_bytes_is_needed(tmp_path, synthetic, system, small_chunks, monkeypatch):
    """With the order of addresses, as HDF5 writes, the same test finds lost snapshots."""
    monkeypatch.setattr(ordered_file.OrderedFile, "_rank", lambda self, offset, _: (0, offset))
    with pytest.raises((AssertionError, OSError), match=r"addr overflow|not equal|assert"):
        crash_everywhere(tmp_path, synthetic, system, number=6, begin=2, every=1)


def test_a_kill_while_a_run_is_taken_up_again_keeps_what_was_kept(tmp_path, synthetic, system, small_chunks):
    old = series(synthetic, 6)
    new = series(synthetic, 6, offset=3)[4:]
    with Recorder.create(tmp_path / "run", synthetic.header(), old[0]) as recorder:
        for snapshot in old[1:]:
            recorder.write(snapshot)
    written = len(system.log)
    with Recorder.reopen(tmp_path / "run", old[3].time) as recorder:
        for snapshot in new:
            recorder.write(snapshot)
    expected = {snapshot.time: snapshot for snapshot in (*old, *new)}
    counts = []
    replay(
        system.log,
        written,
        tmp_path / "image.h5",
        lambda _: counts.append(finished(tmp_path / "image.h5", expected, dropped=2)),
        every=4,
    )
    assert min(counts) == 4
    assert counts[0] == 6
    assert counts[-1] == 6


def write_all(recorder, snapshots):
    for snapshot in snapshots:
        recorder.write(snapshot)


@pytest.mark.parametrize("extra", [0, 500, 3000, 9000])
def test_a_full_disk_is_a_clear_error_and_costs_nothing_finished(
    tmp_path, synthetic, monkeypatch, small_chunks, extra
):
    snapshots = series(synthetic, 12)
    expected = {snapshot.time: snapshot for snapshot in snapshots}
    recorder = Recorder.create(tmp_path / "run", synthetic.header(), snapshots[0])
    recorder.write(snapshots[1])
    size = recorder.path.stat().st_size
    monkeypatch.setattr(ordered_file, "os", FullDisk(size + extra))
    with pytest.raises(RunError, match=r"cannot write .*run\.h5: No space left on device; at .* are kept"):
        write_all(recorder, snapshots[2:])
    kept = recorder.steps
    assert kept >= 2
    recorder.close()
    assert finished(tmp_path / "run/run.h5", expected) == kept
    with pytest.raises(RunError, match="closed"):
        recorder.write(snapshots[-1])
    monkeypatch.undo()
    with Recorder.reopen(tmp_path / "run", snapshots[kept - 1].time) as recorder:
        for snapshot in snapshots[kept:]:
            recorder.write(snapshot)
    assert finished(tmp_path / "run/run.h5", expected) == 12


WRITER = """
import sys, importlib.util
sys.path.insert(0, {project!r})
specification = importlib.util.spec_from_file_location("synthetic_runs", {factory!r})
synthetic = importlib.util.module_from_spec(specification)
specification.loader.exec_module(synthetic)
from tissue_sim.recorder.recorder import Recorder
recorder = Recorder.create(sys.argv[1], synthetic.header(), synthetic.snapshot(0, 30))
for step in range(1, 10_000):
    recorder.write(synthetic.snapshot(10 * step, 30 + step % 7))
    print(step + 1, flush=True)
"""


def start_writer(folder, **options):
    code = WRITER.format(project=str(PROJECT), factory=str(Path(__file__).parent / "synthetic_runs.py"))
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, **options,
    )  # fmt: skip


def expected_of_writer(synthetic, count):
    """Only the snapshots that `finished` looks at are made."""
    steps = {0, count // 2, count - 2, count - 1} & set(range(count))
    return {10.0 * step: synthetic.snapshot(10 * step, 30 + step % 7 if step else 30) for step in steps}


def kill_and_compare(tmp_path, synthetic, after):
    process = start_writer(tmp_path / "run")
    said = 0
    for line in process.stdout:
        said = int(line)
        if said >= after:
            break
    process.kill()
    process.communicate()
    with h5py.File(tmp_path / "run/run.h5", "r") as file:
        count = int(file["data/cells/Steps"].attrs["NSteps"])
    assert count >= said
    assert finished(tmp_path / "run/run.h5", expected_of_writer(synthetic, count)) == count


@pytest.mark.parametrize("after", [2, 5])
def test_kill_9_while_recording(tmp_path, synthetic, after):
    kill_and_compare(tmp_path, synthetic, after)


@pytest.mark.slow
@pytest.mark.parametrize("after", [*range(2, 22), *range(60, 70), 127, 128, 129])
def test_kill_9_at_many_moments(tmp_path, synthetic, after):
    kill_and_compare(tmp_path, synthetic, after)


def test_a_file_size_limit_of_the_system(tmp_path, synthetic):
    limit = 420_000

    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = start_writer(tmp_path / "run", preexec_fn=limited)
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "RunError: cannot write" in errors
    assert "File too large" in errors
    said = int(output.split()[-1])
    assert finished(tmp_path / "run/run.h5", expected_of_writer(synthetic, said)) == said


def test_a_folder_that_cannot_be_made(tmp_path, synthetic):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(RunError, match=r"cannot write .*run.h5: Not a directory; nothing was recorded"):
        Recorder.create(tmp_path / "file" / "run", synthetic.header(), synthetic.snapshot(0, 3))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(tmp_path, synthetic):
    folder = tmp_path / "run"
    folder.mkdir(mode=0o500)
    with pytest.raises(RunError, match=r"cannot write .*run.h5: Permission denied"):
        Recorder.create(folder, synthetic.header(), synthetic.snapshot(0, 3))


def test_a_disk_full_from_the_start_leaves_nothing_behind(tmp_path, synthetic, monkeypatch):
    monkeypatch.setattr(ordered_file, "os", FullDisk(1000))
    with pytest.raises(RunError, match="No space left on device; nothing was recorded"):
        Recorder.create(tmp_path / "run", synthetic.header(), synthetic.snapshot(0, 3))
    assert not (tmp_path / "run/run.h5").exists()
