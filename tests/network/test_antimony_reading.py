"""Antimony: other files are not read however `import` is hidden, and words that look like it are read."""

from __future__ import annotations

import time

import pytest

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.errors import SettingsError
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.sbml import from_antimony

pytest.importorskip("antimony")

MODEL = "model m\n A: other(); S = 1; S -> ; 2*S\nend\n"


def read(text: str):
    return readers()["antimony"].read(text.encode(), "m.ant", Given())


@pytest.mark.parametrize(
    "before",
    [
        'import "{}"\n',
        'import"{}"\n',
        '  import\t"{}"\n',
        '/* a */ import "{}"\n',
        'import /* a */ "{}"\n',
        'x = 1; import "{}"\n',
        'model n\n x = 1\nend import "{}"\n',
        '// a\rimport "{}"\n',
        '/* // */ import "{}"\n',
        '/* /* */ import "{}"\n',
        '// /*\nimport "{}"\n',
        'model n\n x = 1; x is "//"\nend import "{}"\n',
        'model n\n x = 1; x notes ```a " b```\nend import "{}"\n',
        'model n\n x = 1; x notes ```//```\nend import "{}"\n',
        'model n\n x = 1; x is "a \\" b"\nend import "{}"\n',
    ],
)
def test_no_other_file_is_read(tmp_path, before):
    other = tmp_path / "other.ant"
    other.write_text("model other\n secret = 42; S = 1; S -> ; secret*S\nend\n")
    with pytest.raises(SettingsError, match=r"m\.ant imports another file, which is not read; put it in"):
        read(before.replace("{}", str(other)) + MODEL)


def test_words_that_look_like_it_are_read():
    model = read(
        'model m\n# glucose import\n/* import "x" */ S = 1; S is "nuclear import" // import\n'
        " importance = 2\n  importance2 = 3\n S -> ; importance*S\nend\n"
    )
    assert model.species_names == ("S",)
    assert "importance" in model.parameter_names


def test_what_is_behind_a_zero_is_not_dropped():
    with pytest.raises(SettingsError, match="a character of code 0, behind which nothing would be read"):
        read("S = 1; S -> ; 2*S\0\nT = 1")


@pytest.mark.parametrize("text", ["é = 1", "x = 1 é", "x = \u20ac"])
def test_letters_outside_ascii_are_refused_where_they_cannot_stand(text):
    with pytest.raises(SettingsError, match=r"m\.ant: Error in model string, line 1"):
        read(text)


def test_they_may_stand_in_comments_and_names_for_display():
    assert read('S = 1; S -> ; 2*S # Ångström\nS is "é"').species_names == ("S",)


@pytest.mark.parametrize(("operator", "value"), [("+", 3000.0), ("*", 1.0)])
def test_long_sums_and_products_are_read(operator, value):
    model = read(f"S = 1; S -> ; 2*S; x := {operator.join(['S'] * 3000)}")
    formula = next(each.expression for each in model.assignments if each.name == "x")
    assert evaluate(formula, lambda name: 1.0) == value


def chain(number: int) -> str:
    links = "\n".join(f"  x{i} := x{i + 1} + 1" for i in range(number))
    return f"model m\n{links}\n  x{number} = 2\n  S = 1\n  S' = x0\nend\n"


def test_long_texts_are_read_by_a_process_of_their_own():
    model = read(chain(160))
    assert len(model.assignments) == 160
    with pytest.raises(SettingsError, match=r"m\.ant: .*"):
        read(chain(160).replace("S' = x0", "S' = = x0"))


def test_what_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(from_antimony, "LONGEST", 1.0)
    began = time.monotonic()
    with pytest.raises(SettingsError, match="needs more than 1 s"):
        read(chain(3000))
    assert time.monotonic() - began < 10.0
