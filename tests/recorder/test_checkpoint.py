"""Checkpoints are exact, whole, and never damage an older one."""

import errno
import os

import h5py
import numpy as np
import pytest

from tissue_sim.errors import RunError
from tissue_sim.recorder import checkpoint
from tissue_sim.recorder.checkpoint import latest_checkpoint, read_checkpoint, write_checkpoint

STATE = {
    "column/position": np.array([[0.1, -np.inf, np.nan], [1e-320, 2.0**-1074, -0.0]]),
    "column": np.array([1, 2], dtype="u2"),
    "/odd//name%2F": np.arange(3, dtype="i8"),
    "next_id": np.array(2**40),
    "alive": np.array([True, False]),
    "empty": np.zeros((0, 3)),
    "names": np.array(["µm", "", "a longer name"]),
    "no names": np.array([], dtype="U1"),
}


def test_every_bit_comes_back(tmp_path):
    path = tmp_path / "checkpoints" / "000000000600.h5"
    write_checkpoint(path, STATE, {"time": 60.1, "versions": {"numpy": "2"}, "note": "µ"})
    state, metadata = read_checkpoint(path)
    assert metadata == {"time": 60.1, "versions": {"numpy": "2"}, "note": "µ"}
    assert state.keys() == STATE.keys()
    for name, values in STATE.items():
        assert state[name].shape == values.shape
        assert state[name].dtype.kind == values.dtype.kind
        if values.dtype.kind == "U":
            assert state[name].tolist() == values.tolist()
        else:
            assert state[name].dtype == values.dtype
            assert state[name].tobytes() == values.tobytes(), name
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_the_latest_is_that_of_the_largest_tick(tmp_path):
    assert latest_checkpoint(tmp_path) is None
    assert latest_checkpoint(tmp_path / "missing") is None
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    assert latest_checkpoint(tmp_path) is None
    for name in ("000000000020.h5", "000000000100.h5", ".000000000200.h5.partial", "notes.txt"):
        (folder / name).touch()
    assert latest_checkpoint(tmp_path) == folder / "000000000100.h5"
    assert latest_checkpoint(folder) == folder / "000000000100.h5"


def test_a_failed_write_leaves_the_older_one(tmp_path, monkeypatch):
    path = tmp_path / "1.h5"
    write_checkpoint(path, {"a": np.ones(3)}, {})

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(checkpoint.os, "fsync", full)
    with pytest.raises(RunError, match=r"cannot write the checkpoint .* No space left on device"):
        write_checkpoint(path, {"a": np.zeros(3)}, {})
    assert read_checkpoint(path)[0]["a"].tolist() == [1, 1, 1]
    assert [entry.name for entry in tmp_path.iterdir()] == ["1.h5"]


def test_what_cannot_be_stored_is_refused(tmp_path):
    with pytest.raises(RunError, match="cannot write the checkpoint"):
        write_checkpoint(tmp_path / "1.h5", {"a": np.array([object()])}, {})
    with pytest.raises(RunError, match="cannot write the checkpoint"):
        write_checkpoint(tmp_path / "1.h5", {}, {"a": object()})
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_checkpoint_is_refused(tmp_path):
    (tmp_path / "1.h5").write_bytes(b"nonsense")
    with pytest.raises(RunError, match="is not a usable checkpoint"):
        read_checkpoint(tmp_path / "1.h5")
    with pytest.raises(RunError, match="is not a usable checkpoint"):
        read_checkpoint(tmp_path / "missing.h5")
    with h5py.File(tmp_path / "2.h5", "w") as file:
        file.attrs["format"] = 99
    with pytest.raises(RunError, match="newer tissue-sim"):
        read_checkpoint(tmp_path / "2.h5")
