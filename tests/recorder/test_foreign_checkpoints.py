"""Checkpoints that hold another state, as earlier and later versions may write them, are refused by name."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.cli import main
from tissue_sim.errors import RunError
from tissue_sim.recorder.checkpoint import latest_checkpoint, read_checkpoint, write_checkpoint
from tissue_sim.run_to_folder import reopen_simulation

TEXT = """\
tissue_sim: 1
duration: 12 min
steps: {mechanics: 6 min, lifecycle: 6 min}
domain: {size: [400, 400]}
cell_types:
  a:
    mechanics: {integrator: adams_bashforth}
    cycle: {model: live, rate: 0.05 /min}
initial:
  - {type: a, point: [0, 0]}
"""


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    (folder / "s.yaml").write_text(TEXT)
    words = ["run", str(folder / "s.yaml"), "--output", str(folder / "run"), "--quiet", "--no-picture"]
    assert main(words) == 0
    return folder / "run"


@pytest.fixture
def with_state(run_folder):
    """with_state(change, metadata): the run with another checkpoint; it is put back afterwards."""
    path = latest_checkpoint(run_folder)
    state, metadata = read_checkpoint(path)

    def changed(change, other=None):
        different = dict(state)
        change(different)
        write_checkpoint(path, different, metadata if other is None else other)
        return run_folder

    yield changed
    write_checkpoint(path, state, metadata)


def test_the_same_state_is_taken(with_state):
    assert reopen_simulation(with_state(lambda _: None)).finished


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: state.pop("process/mechanics/left_domain"), "'left_domain' is missing"),
        (lambda state: state.update({"process/mechanics/new": np.zeros(3)}), "mechanics/new' is not known"),
        (lambda state: state.update({"process/later/x": np.zeros(3)}), "'process/later/x' is not known"),
        (lambda state: state.update({"population/column/age": np.zeros(99)}), "shape"),
        (lambda state: state.update({"lineage/time": np.zeros(99)}), "different lengths"),
        (lambda state: state.update({"requests/kind": np.zeros(99)}), "different lengths"),
        (lambda state: state.update({"tick": np.zeros(2)}), "expects"),
    ],
)
def test_another_state_is_refused(with_state, change, message):
    with pytest.raises(
        RunError, match=rf"does not hold the state .*{message}.* resume with the version that"
    ):
        reopen_simulation(with_state(change))


def test_the_command_line_says_so(with_state, capsys):
    folder = with_state(lambda state: state.pop("tick"), {"time": 12.0})
    assert main(["resume", str(folder), "--quiet"]) == 1
    said = capsys.readouterr().err
    assert "('tick' is missing); it was written by tissue-sim unknown" in said
