"""The command line: exit codes, messages, interruption and resumption, as a user meets them."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

from tissue_sim.cli import main

ROOT = Path(__file__).parents[2]

GROWTH = """\
tissue_sim: 1
title: growth
seed: 3
duration: 3 h
record:
  every: 1 h
domain:
  size: [200, 200]
cell_types:
  epithelial:
    volume: 2494 um^3
    cycle:
      model: live
      rate: 0.2 /h
initial:
  - type: epithelial
    disc:
      center: [0, 0]
      radius: 30 um
"""


@pytest.fixture
def scenario(tmp_path, monkeypatch):
    """A small scenario in an empty working folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "growth.yaml"
    path.write_text(GROWTH)
    return path


def command(*words: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tissue_sim", *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **options,
    )


def test_run_info_plot(scenario, capsys):
    assert main(["run", str(scenario)]) == 0
    out = capsys.readouterr().out
    assert "finished at 3 h" in out
    assert "wall time:" in out
    assert "lifecycle" in out
    folder = Path("outputs/growth-1")
    assert f"run: {folder}" in out
    assert list(folder.glob("*.png"))
    assert main(["run", str(scenario), "--quiet", "--no-picture"]) == 0
    assert Path("outputs/growth-2/run.h5").is_file()
    assert not list(Path("outputs/growth-2").glob("*.png"))
    assert capsys.readouterr().out == ""
    assert main(["info", str(folder)]) == 0
    assert "epithelial" in capsys.readouterr().out
    assert main(["plot", str(folder / "run.h5"), "--time", "1 h", "--output", "picture.png"]) == 0
    assert Path("picture.png").read_bytes().startswith(b"\x89PNG")


def test_a_chosen_picture_has_a_name_of_its_own(scenario, capsys):
    assert main(["run", str(scenario), "--output", "run", "--quiet"]) == 0
    last = Path("run/run.png").read_bytes()
    capsys.readouterr()
    assert main(["plot", "run", "--time", "1.4 h", "--color", "age"]) == 0
    assert capsys.readouterr().out == "1.4 h was not recorded; drawn is 1 h\nrun/run-1h-age.png\n"
    assert Path("run/run-1h-age.png").stat().st_size > 10_000
    assert Path("run/run.png").read_bytes() == last
    assert main(["plot", "run", "--time", "2 h"]) == 0
    assert capsys.readouterr().out == "run/run-2h.png\n"


def test_check_and_schema(scenario, capsys):
    assert main(["check", str(scenario)]) == 0
    out = capsys.readouterr().out
    assert "mechanics" in out
    assert "lifecycle" in out
    assert main(["schema"]) == 0
    assert '"cell_types"' in capsys.readouterr().out
    assert main(["schema", "--behaviours"]) == 0
    assert re.search(r"cycle\.rate.*1/min", capsys.readouterr().out)
    assert main(["schema", "--expressions"]) == 0
    assert "exp" in capsys.readouterr().out


@pytest.mark.parametrize("template", ["growth", "spheroid", "network"])
def test_new_scenarios_run(tmp_path, monkeypatch, capsys, template):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "mine.yaml", "--template", template]) == 0
    assert main(["run", "mine.yaml", "--set", "duration=12 min", "--no-picture"]) == 0
    assert main(["new", "mine.yaml"]) == 2
    assert "exists" in capsys.readouterr().err


def test_mistakes_are_reported_together(scenario, capsys):
    text = GROWTH.replace("volume: 2494 um^3", "volum: 2494 um^3").replace("rate: 0.2 /h", "rate: 3 um")
    scenario.write_text(text.replace("type: epithelial", "type: epitelial"))
    assert main(["run", str(scenario)]) == 2
    error = capsys.readouterr().err
    assert re.search(r"growth\.yaml:11:5: .*volum.*did you mean 'volume'", error)
    assert re.search(r"growth\.yaml:14:\d+: .*wrong dimension", error)
    assert re.search(r"growth\.yaml:16:\d+: .*epitelial.*did you mean 'epithelial'", error)
    assert not Path("outputs").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "absent.yaml"], "absent.yaml"),
        (["run", "growth.yaml", "--set", "duration"], "--set"),
        (["run", "growth.yaml", "--set", "duratoin=1 h"], "did you mean 'duration'"),
        (["run", "growth.yaml", "--threads", "4000"], "--threads 4000"),
        (["run", "growth.yaml", "--seed", "-1"], "seed"),
        (["info", "nowhere"], "nowhere"),
        (["resume", "nowhere"], "nowhere"),
        (["sweep", "growth.yaml"], "'sweep' comes with a later version"),
    ],
)
def test_wrong_usage(scenario, capsys, words, message):
    code = main(words)
    assert code in (1, 2) if words[0] in ("info", "resume") else code == 2
    assert message in capsys.readouterr().err


def test_an_existing_folder_is_refused(scenario, capsys):
    words = ["run", str(scenario), "--output", "here", "--no-picture", "--quiet"]
    assert main(words) == 0
    assert main(words) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert main([*words, "--overwrite"]) == 0
    Path("notes").mkdir()
    Path("notes/text").write_text("mine")
    assert main(["run", str(scenario), "--output", "notes", "--overwrite"]) == 2
    assert Path("notes/text").read_text() == "mine"


def test_an_unwritable_folder_is_said(scenario, capsys):
    Path("file").write_text("")
    assert main(["run", str(scenario), "--output", "file/run"]) == 1
    assert "cannot make the folder" in capsys.readouterr().err


def test_help_is_instant():
    began = time.perf_counter()
    done = command("--help")
    assert done.returncode == 0
    assert "resume" in done.stdout
    loaded = command_modules("run", "--help")
    assert not loaded & {"numba", "numpy", "scipy", "mesa", "h5py", "matplotlib", "pydantic"}
    assert time.perf_counter() - began < 30.0


def command_modules(*words: str) -> set[str]:
    """Top-level modules that a command imports."""
    code = (
        "import sys\nfrom tissue_sim.cli import main\n"
        f"try:\n    main({list(words)!r})\nexcept SystemExit:\n    pass\n"
        "print('MODULES', *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("MODULES")[2].split())


def content(folder: Path) -> dict[str, np.ndarray]:
    """Every dataset of a run that does not depend on the clock on the wall."""
    values: dict[str, np.ndarray] = {}

    def keep(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset) and not name.startswith("scenario"):
            values[name] = item[()]

    with h5py.File(folder / "run.h5") as file:
        file.visititems(keep)
    return values


def test_interruption_and_resumption_give_the_same_run(scenario):
    long = GROWTH.replace("duration: 3 h", "duration: 12 h").replace("every: 1 h", "every: 10 min")
    long = long.replace("rate: 0.2 /h", "rate: 0.04 /h")
    scenario.write_text(long)
    whole = command("run", str(scenario), "--output", "whole", "--no-picture")
    assert whole.returncode == 0, whole.stderr
    process = subprocess.Popen(
        [sys.executable, "-m", "tissue_sim", "run", str(scenario), "--output", "parts", "--no-picture"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    # Wait until snapshots are there, then press Ctrl-C in the middle.
    file = Path("parts/run.h5")
    for _ in range(600):
        if file.exists() and file.stat().st_size > 100_000:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=60)
    assert process.returncode == 130, (out, error)
    assert "tissue-sim resume parts" in out
    # A moved and renamed run goes on all the same.
    Path("parts").rename("moved")
    resumed = command("resume", "moved", "--no-picture")
    assert resumed.returncode == 0, resumed.stderr
    first, second = content(Path("whole")), content(Path("moved"))
    assert first.keys() == second.keys()
    for name, values in first.items():
        assert np.array_equal(values, second[name], equal_nan=values.dtype.kind == "f"), name
    again = command("resume", "moved")
    assert "is complete" in again.stdout
    assert again.returncode == 0


def test_a_run_that_cannot_be_drawn_is_a_run(scenario, capsys):
    values = ("cell_types.epithelial.volume=1e300", "initial=[{type: epithelial, point: [0, 0]}]")
    options = [word for value in values for word in ("--set", value)]
    assert main(["run", str(scenario), "--output", "huge", "--set", "duration=12 min", *options]) == 0
    assert "tissue-sim: no picture: cells lie or reach further than" in capsys.readouterr().err


def test_a_second_interruption_says_what_is_left(scenario, capsys, monkeypatch):
    def asked_twice(simulation, *_):
        for _ in range(2):
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("tissue_sim.cli.session.ProgressLine.__call__", asked_twice)
    assert main(["run", str(scenario), "--output", "twice", "--no-picture"]) == 130
    said = capsys.readouterr().err
    assert "interrupted at once; what was recorded until then is in twice" in said
    assert "nothing was written" not in said
    assert len(h5py.File("twice/run.h5")["data/cells/Steps/Values"]) >= 1


def test_a_longer_run_is_a_run_resumed(scenario):
    common = ["--no-picture", "--quiet"]
    assert main(["run", str(scenario), "--output", "short", *common]) == 0
    assert main(["resume", "short", "--set", "duration=6 h", *common]) == 0
    assert main(["run", str(scenario), "--set", "duration=6 h", "--output", "long", *common]) == 0
    first, second = content(Path("short")), content(Path("long"))
    for name, values in second.items():
        assert np.array_equal(values, first[name], equal_nan=values.dtype.kind == "f"), name


def test_resume_changes_nothing_else(scenario, capsys):
    assert main(["run", str(scenario), "--output", "run", "--no-picture", "--quiet"]) == 0
    assert main(["resume", "run", "--set", "cell_types.epithelial.cycle.rate=1"]) == 2
    assert "start a new run" in capsys.readouterr().err


def test_a_run_that_stop_when_ended_stays_ended(scenario, capsys):
    common = ["--no-picture", "--quiet"]
    ended_by = "stop_when=count(cell.age >= 0) > 12"
    assert main(["run", str(scenario), "--output", "run", "--set", ended_by, *common]) == 0
    with h5py.File("run/run.h5") as file:
        before = file["data/cells/Steps/Values"][:]
    capsys.readouterr()
    assert main(["resume", "run", "--no-picture"]) == 0
    assert "was ended by stop_when" in capsys.readouterr().out
    with h5py.File("run/run.h5") as file:
        np.testing.assert_array_equal(file["data/cells/Steps/Values"][:], before)
    assert main(["resume", "run", "--set", "stop_when=count(cell.age >= 0) > 20", *common]) == 0
    with h5py.File("run/run.h5") as file:
        assert file["data/cells/Steps/Values"][-1] > before[-1]


def test_threads_set_first_still_wait_asleep():
    code = (
        "import os; os.environ.pop('OMP_WAIT_POLICY', None)\n"
        "import tissue_sim.kernels.threads\n"
        "print(os.environ['OMP_WAIT_POLICY'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "PASSIVE"
