"""`tissue-sim network`: what it prints and writes, and what mistakes it names."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from tissue_sim.cli import main

TOGGLE = """\
u' = a/(1 + v^2) - u      # two repressors
v' = a/(1 + u^2) - v
a = 10
total = u + v
"""
DECAY = "X' = k - d*X\nk = 2\n"
DECAYING = ["decay.txt", "--set", "X=1", "--set", "d=1"]
SCENARIO = """\
tissue_sim: 1
duration: 1 h
parameters:
  shared: 0.5
domain:
  size: [100, 100]
networks:
  growth:
    equations: |
      X' = food - shared*X
    initial:
      X: uniform(1, 2)
    inputs:
      food: cell.age
  other:
    equations: |
      Z' = -Z
    initial:
      Z: 1
cell_types:
  a:
    networks: [growth, other]
initial:
  - type: a
    point: [0, 0]
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toggle.txt").write_text(TOGGLE)
    (tmp_path / "decay.txt").write_text(DECAY)
    (tmp_path / "s.yaml").write_text(SCENARIO)
    return tmp_path


def test_a_network_is_listed(folder, capsys):
    assert main(["network", "toggle.txt"]) == 0
    out = capsys.readouterr().out
    for line in (
        "species (2):\n  u = no value\n  v = no value",
        "parameters (1):\n  a = 10",
        "assignment rules (1):\n  total = u + v",
        "u' = a/(1 + v^2) - u",
    ):
        assert line in out


def test_it_is_simulated_into_a_table_and_a_picture(folder, capsys):
    words = ["network", "decay.txt", "--duration", "3", "--steps", "6", "--set", "X=1", "--set", "d=0.5"]
    assert main([*words, "--output", "t.csv", "--plot", "t.png", "--tolerance", "1e-9"]) == 0
    out = capsys.readouterr().out
    assert "at time 3:" in out
    table = pd.read_csv(folder / "t.csv")
    assert list(table.columns) == ["time", "X"]
    np.testing.assert_allclose(table["time"], np.linspace(0.0, 3.0, 7))
    np.testing.assert_allclose(table["X"], 4.0 - 3.0 * np.exp(-0.5 * table["time"]), rtol=1e-7)
    assert (folder / "t.png").read_bytes().startswith(b"\x89PNG")


def test_cells_differ_by_what_is_drawn_and_a_seed_repeats_them(folder):
    words = ["network", "decay.txt", "--duration", "0.1 h", "--steps", "2", "--cells", "30", "--set", "d=0.5"]
    words += ["--set", "X=lognormal(1, 0.3)", "--output"]
    for name, seed in (("a.csv", "7"), ("b.csv", "7"), ("c.csv", "8")):
        assert main([*words, name, "--seed", seed]) == 0
    a, b, c = ((folder / name).read_text() for name in ("a.csv", "b.csv", "c.csv"))
    assert a == b != c
    table = pd.read_csv(folder / "a.csv")
    assert table.shape == (90, 3)
    assert table["time"].max() == 6.0
    assert table.groupby("cell")["X"].first().nunique() == 30


def test_steady_states_are_printed_and_written(folder, capsys):
    assert main(["network", "toggle.txt", "--steady-states", "--output", "s.csv"]) == 0
    out = capsys.readouterr().out
    assert "3 steady states" in out
    assert "eigenvalues of state 2: 0.6, -2.6" in out
    table = pd.read_csv(folder / "s.csv")
    assert list(table["kind"]) == ["stable", "stable", "saddle"]
    assert sorted(table["u"]) == pytest.approx([5 - 24**0.5, 2.0, 5 + 24**0.5], rel=1e-9)


def test_conserved_sums_need_first_values(folder, capsys):
    (folder / "iso.txt").write_text("A' = B - 2*A\nB' = 2*A - B\n")
    assert main(["network", "iso.txt", "--steady-states"]) == 2
    assert "the sum A + B is conserved: give the first values of A, B" in capsys.readouterr().err
    assert main(["network", "iso.txt", "--steady-states", "--set", "A=3", "--set", "B=0"]) == 0
    assert "conserved: A + B = 3" in capsys.readouterr().out


def test_period_and_sensitivities(folder, capsys):
    (folder / "ring.txt").write_text("x' = v\nv' = -w^2*x\nw = 2\n")
    words = ["network", "ring.txt", "--set", "x=1", "--set", "v=0"]
    assert main([*words, "--period"]) == 0
    assert "period 3.14159265" in capsys.readouterr().out
    assert (
        main(["network", "decay.txt", "--set", "d=0.5", "--sensitivity", "steady-state", "--output", "x.csv"])
        == 0
    )
    table = pd.read_csv(folder / "x.csv", index_col="name")
    assert table.loc["k", "X"] == pytest.approx(1.0, abs=1e-7)
    assert table.loc["d", "X"] == pytest.approx(-1.0, abs=1e-7)


def test_networks_of_a_scenario(folder, capsys):
    words = ["network", "s.yaml:growth", "--set", "food=2"]
    assert main([*words, "--steady-states"]) == 0
    assert "X                       4" in capsys.readouterr().out
    assert main(["network", "s.yaml", "--name", "other"]) == 0
    assert "Z' = -Z" in capsys.readouterr().out
    assert main(["network", "s.yaml:growth", "--set", "food=2", "--set", "shared=1", "--steady-states"]) == 0
    assert "X                       2" in capsys.readouterr().out


def test_an_onnx_file(folder, capsys):
    onnx = pytest.importorskip("onnx")
    helper = onnx.helper
    weights = onnx.numpy_helper.from_array(np.array([[-0.5], [1.0]]), "W")
    info = [helper.make_tensor_value_info(n, 11, ("N", k)) for n, k in (("x", 2), ("y", 1))]
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "W"], ["y"])], "g", info[:1], info[1:], [weights]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    (folder / "m.onnx").write_bytes(model.SerializeToString())
    assert main(["network", "m.onnx"]) == 0
    assert "x1' = learned output 1 of (x1, p1)" in capsys.readouterr().out
    words = ["network", "m.onnx", "--species", "X", "--set", "X=8", "--set", "food=1"]
    assert main([*words, "--steady-states"]) == 0
    assert "stable" in capsys.readouterr().out
    assert main([*words, "--every", "2", "--duration", "4", "--steps", "2", "--output", "m.csv"]) == 0
    assert pd.read_csv(folder / "m.csv")["X"].tolist() == [8.0, -3.0, 2.5]
    assert main([*words, "--every", "2", "--steady-states"]) == 2
    assert "a discrete map has no rates" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["absent.txt"], "absent.txt does not exist; MODEL is a file, or SCENARIO.yaml:NETWORK"),
        (["s.yaml:grwth"], "s.yaml has no network 'grwth': growth, other; did you mean 'growth'?"),
        (["s.yaml"], "s.yaml has several networks; name one: growth, other"),
        (["toggle.txt", "--name", "x"], "--name x: toggle.txt is no scenario"),
        (["notes.md"], "'notes.md' is no file of a network; known are names that end in .xml"),
        (["bad.txt"], "bad.txt:2:9: "),
        (["toggle.txt", "--set", "u"], "--set u: write NAME=VALUE"),
        (["toggle.txt", "--set", "u=normal(1)"], "--set u=normal(1): write normal(mean, sd)"),
        (["toggle.txt", "--set", "w=1"], "no species or parameter 'w'"),
        (["toggle.txt", "--set", "total=1"], "'total' is given by a formula"),
        (["toggle.txt", "--duration", "5"], "no value for u, v; give each, --set u=VALUE"),
        (["s.yaml:growth", "--duration", "5"], "no value for food; give each, --set food=VALUE"),
        (["s.yaml:growth", "--set", "food=normal(1, 1)", "--duration", "5"], "an input is one number"),
        (["toggle.txt", "--duration", "5 um"], "--duration 5 um: '5 um' has the wrong dimension"),
        (["toggle.txt", "--duration", "-1"], "--duration -1: it must be above 0"),
        (["toggle.txt", "--plot", "x.png"], "--plot needs --duration"),
        (["toggle.txt", "--output", "x.csv"], "--output needs --duration, or one analysis"),
        (["decay.txt", "--cells", "0"], "--cells 0: allowed is 1 to"),
        (["decay.txt", "--every", "0"], "--every 0: it must be above 0"),
        (["decay.txt", "--tolerance", "1"], "--tolerance 1: allowed is 1e-13 to 0.1"),
        (
            [*["decay.txt", "--set", "X=1", "--set", "d=1", "--duration", "1", "--method", "oed"]],
            "unknown method 'oed'",
        ),
        (
            [*["decay.txt", "--set", "X=1", "--set", "d=1", "--period"]],
            "nothing oscillates: the network settles",
        ),
        (["decay.txt", "--set", "d=1", "--attractors"], "--attractors: "),
        (
            [*["decay.txt", "--set", "X=1", "--set", "d=1", "--duration", "1", "--output", "no/x.csv"]],
            "no/x.csv: cannot be written (there is no folder no)",
        ),
        (["decay.txt", "--duration", "1", "--plot", "x.foo"], "x.foo: pictures end in .png, .pdf"),
        (["decay.txt", "--cfg", "x.cfg"], "--cfg x.cfg: there is no such file"),
        (["decay.txt", "--cfg", "s.yaml"], "a .cfg file belongs to a MaBoSS model (.bnd)"),
        (["s.yaml:growth", "--cfg", "s.yaml"], "--cfg belongs to a file MODEL.bnd"),
        (["shadow.txt"], "shadow.txt:2:7: 'sin' is a function, sin(...), and nothing else can have its name"),
    ],
)
def test_mistakes_are_named(folder, capsys, words, message):
    (folder / "bad.txt").write_text("X' = 1\nY' = 2 +* 3\n")
    (folder / "shadow.txt").write_text("Y' = 1\nX' = -sin*X\n")
    (folder / "notes.md").write_text("")
    if words[-1] == "-1":
        words = [words[0], "--duration=-1", "--set", "u=1", "--set", "v=1"]
    elif words[-1] == "5 um":
        words = [*words, "--set", "u=1", "--set", "v=1"]
    assert main(["network", *words]) == 2
    assert message in capsys.readouterr().err


def test_help_answers_at_once(folder):
    best = 9.0
    for _ in range(3):
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "tissue_sim", "network", "--help"],
            capture_output=True,
            text=True,
            check=True,
        )
        best = min(best, time.perf_counter() - began)
    assert "--steady-states" in done.stdout
    assert best < 0.3
