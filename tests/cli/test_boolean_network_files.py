"""`tissue-sim network` on Boolean files: attractors of chosen inputs, MaBoSS models with their .cfg files."""

from __future__ import annotations

import pandas as pd
import pytest

from tissue_sim.cli import main

BND = "node A { rate_up = I ? $up : 0; rate_down = 0; }\nnode I { rate_up = 0; rate_down = 0; }\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ring.bnet").write_text("I, I\nJ, J\nA, !B & I\nB, A | J\n")
    (tmp_path / "m.bnd").write_text(BND)
    (tmp_path / "m.cfg").write_text("$up = 0; A.istate = 0; I.istate = 1; max_time = 3;")
    (tmp_path / "fast.cfg").write_text("$up = 1e3;")
    return tmp_path


def attractors(*words: str) -> pd.DataFrame:
    assert main(["network", "ring.bnet", "--attractors", "--output", "a.csv", *words]) == 0
    return pd.read_csv("a.csv", dtype=str)


def test_free_inputs_take_all_values_or_those_given(folder):
    every = attractors()
    assert set(every["inputs"]) == {"I=0 J=0", "I=1 J=0", "I=0 J=1", "I=1 J=1"}
    some = attractors("--set", "I=1")
    assert set(some["inputs"]) == {"I=1 J=0", "I=1 J=1"}
    both = ["inputs", "dynamics", "size", "A,B"]
    kept = every[every["inputs"].isin(some["inputs"])][both]
    assert sorted(map(tuple, kept.values)) == sorted(map(tuple, some[both].values))
    one = attractors("--set", "I=1", "--set", "J=0")
    assert one["size"].tolist() == ["4", "4"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("A=1", "'A' follows a rule, and attractors do not depend on first values"),
        ("I=0.5", "the free input 'I' is 0 or 1; found 0.5"),
        ("I=uniform(0, 1)", "--set I: for --attractors an input is 0 or 1"),
    ],
)
def test_values_that_attractors_do_not_take(folder, capsys, value, message):
    assert main(["network", "ring.bnet", "--attractors", "--set", value]) == 2
    assert message in capsys.readouterr().err


def test_equations_have_no_attractors_to_list(folder, capsys):
    (folder / "x.txt").write_text("X' = 1\n")
    assert main(["network", "x.txt", "--attractors"]) == 2
    assert "the network has no Boolean nodes; see --steady-states" in capsys.readouterr().err


def test_maboss_files_bring_the_cfg_of_their_name_or_those_named(folder, capsys):
    over_time = ["network", "m.bnd", "--duration", "1", "--steps", "1", "--output", "m.csv"]
    assert main(over_time) == 0
    assert pd.read_csv("m.csv")["A"].tolist() == [0.0, 0.0]
    assert main([*over_time, "--cfg", "m.cfg", "--cfg", "fast.cfg"]) == 0
    assert pd.read_csv("m.csv")["A"].tolist() == [0.0, 1.0]
    (folder / "m.cfg").unlink()
    assert main(over_time) == 2
    assert "the variable 'up' of node 'A' has no value; give it in the .cfg file" in capsys.readouterr().err
