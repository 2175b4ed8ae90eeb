"""The file under HDF5 against a plain array of bytes."""

import numpy as np
import pytest

from tissue_sim.recorder.ordered_file import OrderedFile


def read(file, offset, length):
    buffer = bytearray(length)
    file.seek(offset)
    file.readinto(buffer)
    return bytes(buffer)


def test_random_writes_read_back_and_reach_the_disk_only_at_a_commit(tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "bytes"
    file = OrderedFile(path, create=True)
    model = bytearray()
    committed = b""
    for step in range(600):
        offset, length = int(rng.integers(0, 400)), int(rng.integers(1, 60))
        data = rng.integers(0, 256, length, dtype="u1").tobytes()
        file.seek(offset)
        assert file.write(data) == length
        if len(model) < offset + length:
            model.extend(bytes(offset + length - len(model)))
        model[offset : offset + length] = data
        start, number = int(rng.integers(0, 380)), int(rng.integers(1, 80))
        expected = bytes(model[start : start + number]).ljust(number, b"\0")
        assert read(file, start, number) == expected
        assert path.read_bytes()[: len(committed)] == committed
        if step % 37 == 0:
            file.commit()
            committed = bytes(model)
            assert path.read_bytes() == committed
    file.close()


def test_what_was_not_committed_is_given_back(tmp_path):
    file = OrderedFile(tmp_path / "bytes", create=True)
    file.write(b"kept")
    file.commit()
    file.seek(0)
    file.write(b"lost and longer")
    file.discard()
    file.close()
    assert (tmp_path / "bytes").read_bytes() == b"kept"


def test_parents_are_written_before_the_nodes_they_split_from(tmp_path, monkeypatch):
    from tissue_sim.recorder import ordered_file

    file = OrderedFile(tmp_path / "bytes", create=True)
    nodes = {100: 0, 200: 2, 300: 1}
    for offset, level in nodes.items():
        file.seek(offset)
        file.write(b"TREE\x01" + bytes([level]) + bytes(10))
    file.commit()
    order = []
    monkeypatch.setattr(file, "_write_now", lambda offset, data: order.append(offset))
    assert ordered_file.NODE == b"TREE"
    for offset in (100, 200, 300, 50, 0):
        file.seek(offset)
        level = nodes.get(offset)
        file.write(b"plain" if level is None else b"TREE\x01" + bytes([level]) + b"changed")
    file.commit()
    assert order == [0, 50, 200, 300, 100]


def test_an_existing_file_is_not_made_anew(tmp_path):
    (tmp_path / "bytes").write_bytes(b"x")
    with pytest.raises(FileExistsError, match="bytes"):
        OrderedFile(tmp_path / "bytes", create=True)
