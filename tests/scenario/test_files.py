"""Files named in a scenario: contents, hashes, resuming from stored ones."""

from __future__ import annotations

import hashlib
import io
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tissue_sim.errors import ScenarioError, SettingsError
from tissue_sim.scenario.files import Files, read_mask
from tissue_sim.scenario.scenario import load_scenario, load_scenario_text


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def test_the_sample_of_the_manual_is_a_scenario(sample):
    scenario = load_scenario(sample)
    settings = scenario.settings
    assert settings.duration == 2880.0
    assert settings.seed == 42
    assert settings.cell_types["tumour"].cycle.rate == 7.2e-4
    assert settings.cell_types["resistant"].death.apoptosis.rate == 0.0
    assert settings.cell_types["resistant"].death.necrosis.rate == 0.0028
    assert settings.cell_types["resistant"].networks == ["hypoxia", "lux"]
    assert [rule.direction for rule in settings.cell_types["resistant"].rules] == ["decreases"] * 2
    assert scenario.models.keys() == {"hypoxia", "lux"}
    assert scenario.models["hypoxia"].species_names == ("HIF",)
    assert scenario.masks["vessels.npy"].shape == scenario.domain.grid.shape
    placed = scenario.place_cells(1)
    assert placed.columns["oncoprotein"][-2:].tolist() == [1.5, 0.25]
    assert placed.types[-2:].tolist() == [1, 1]
    assert scenario.text == sample.read_text()


def test_contents_and_hashes_are_kept(sample):
    scenario = load_scenario(sample)
    extension = str((sample.parent / "my_cells.py").absolute())
    assert scenario.files.keys() == {"vessels.npy", "cells.csv", extension}
    assert scenario.files["cells.csv"] == (sample.parent / "cells.csv").read_bytes()
    for name, content in scenario.files.items():
        assert scenario.hashes[name] == hashlib.sha256(content).hexdigest()
    assert [str(path) for path in scenario.extension_paths()] == [extension]


def test_the_resolved_form_with_stored_files_is_the_same_scenario(sample, tmp_path):
    scenario = load_scenario(sample, short=True, overrides=["cell_types.tumour.cycle.rate=1e-3"], seed=7)
    again = load_scenario_text(scenario.to_yaml(), tmp_path, files=scenario.files)
    extensions = [str(path) for path in scenario.extension_paths()]
    assert again.settings == scenario.settings.model_copy(update={"extensions": extensions})
    assert again.resolved() == scenario.resolved()
    assert again.files == scenario.files
    assert (again.place_cells(1).positions == scenario.place_cells(1).positions).all()
    assert again.settings.seed == 7
    assert again.settings.duration == 120.0
    assert again.settings.cell_types["resistant"].cycle.rate == 1e-3


def test_resolved_is_a_copy(sample):
    scenario = load_scenario(sample)
    scenario.resolved()["duration"] = "1 h"
    assert scenario.resolved()["duration"] == "48 h"


def test_an_extension_that_changed_is_refused(tmp_path, small):
    (tmp_path / "mine.py").write_text("A = 1\n")
    scenario = load_scenario_text(small + "extensions: [mine.py]\n", tmp_path)
    load_scenario_text(scenario.to_yaml(), tmp_path, files=scenario.files)
    (tmp_path / "mine.py").write_text("A = 2\n")
    with pytest.raises(ScenarioError, match=r"mine\.py has changed since the run"):
        load_scenario_text(scenario.to_yaml(), tmp_path, files=scenario.files)


def test_stored_contents_replace_the_disk(tmp_path):
    files = Files(tmp_path, {"a.csv": b"stored"})
    (tmp_path / "a.csv").write_bytes(b"disk")
    (tmp_path / "b.csv").write_bytes(b"disk")
    assert files.read("a.csv") == b"stored"
    assert files.read("b.csv") == b"disk"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone.csv", "'gone.csv' does not exist"),
        (".", "'.' is a folder"),
        ("a\0b", "cannot be read|does not exist"),
        ("x" * 5000, "cannot be read|does not exist"),
    ],
)
def test_files_that_cannot_be_read_are_named(tmp_path, name, message):
    with pytest.raises(SettingsError, match=message):
        Files(tmp_path).read(name)


def test_large_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("tissue_sim.scenario.files.LARGEST_FILE", 3)
    monkeypatch.setattr(Files._from_disk, "__defaults__", (3,))
    (tmp_path / "a.csv").write_bytes(b"1234")
    with pytest.raises(SettingsError, match="is larger than"):
        Files(tmp_path).read("a.csv")


def test_links_and_parent_folders_may_be_named(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "data" / "a.csv").write_bytes(b"1")
    (tmp_path / "here" / "link.csv").symlink_to(tmp_path / "data" / "a.csv")
    files = Files(tmp_path / "here")
    assert files.read("../data/a.csv") == files.read("link.csv") == b"1"


@pytest.mark.parametrize("dtype", ["bool", "u1", "f8"])
def test_masks_are_read(dtype):
    mask = np.arange(6).reshape(1, 2, 3).astype(dtype)
    assert np.array_equal(read_mask(npy(mask)), mask)


def pickled() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array([{}], dtype=object), allow_pickle=True)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x93NUMPY",
        b"PK\x03\x04",
        pickled(),
        npy(np.zeros(3))[:-1],
        npy(np.zeros(3)).replace(b"(3,)", b"(9,)"),
        npy(np.zeros(3)).replace(b"(3,), }     ", b"(9**9**9,), }"),
        npy(np.array(["text"])),
        npy(np.zeros(3)).replace(b"(3,), }", b"(3,    "),
        npy(np.zeros(3)).replace(b"'<f8'", b'"""f8'),
        npy(np.zeros(3)).replace(b"'<f8'", b"()   "),
        npy(np.zeros(3)).replace(b"'<f8', ", b"('f',), "),
    ],
)
def test_what_is_no_mask_is_refused(content):
    with pytest.raises(SettingsError, match=r"the file is no \.npy array"):
        read_mask(content)


def test_headers_of_python_2_are_read_without_a_warning(recwarn):
    content = npy(np.zeros((1, 2, 3))).replace(b"(1, 2, 3), }  ", b"(1, 2L, 3L), }")
    assert read_mask(content).shape == (1, 2, 3)
    assert not recwarn.list


TOKENS = st.sampled_from([b"(", b"()", b"{", b"L", b'"""', b"'", b"\n "])


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 90), st.binary(max_size=4) | TOKENS), max_size=4))
def test_damaged_files_are_read_or_refused(places):
    content = npy(np.zeros((1, 2, 3)))
    for start, put in places:
        content = content[:start] + put + content[start + len(put) :]
    with suppress(SettingsError):
        assert read_mask(content).dtype.kind in "biuf"


def test_a_mask_of_another_shape_is_refused(mistakes, small, tmp_path):
    (tmp_path / "m.npy").write_bytes(npy(np.ones((1, 2, 3), dtype=bool)))
    text = small + "fixed:\n  - signal: oxygen\n    mask: m.npy\n    value: 3\n"
    (found,) = mistakes(text, folder=tmp_path)
    assert found.startswith("s.yaml:60:11: the mask has the shape (1, 2, 3)")
    (found,) = mistakes(text.replace("m.npy", "n.npy"), folder=tmp_path)
    assert found.startswith("s.yaml:60:11: the file 'n.npy' does not exist")


def test_a_network_file_that_is_no_sbml_is_refused(mistakes, change, tmp_path):
    (tmp_path / "m.xml").write_text("<nonsense/>")
    text = change(
        "    equations: |\n      # a comment\n"
        "      HIF' = k_s/(1 + (oxygen/K)^4) - k_d*HIF\n      half = HIF/2\n",
        "    sbml: m.xml\n",
    )
    (found,) = mistakes(text, folder=tmp_path, within=10.0)
    assert found.startswith("s.yaml:21:11: ")
