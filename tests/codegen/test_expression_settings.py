"""Expressions as fields, and what importing them costs."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import pytest
from pydantic import BaseModel, ValidationError

from tissue_sim.codegen.syntax import Number
from tissue_sim.tissue.expression_settings import ExpressionField, ParsedExpression, parsed


class Inputs(BaseModel):
    oxygen: ExpressionField


def test_text_and_numbers_become_trees() -> None:
    assert Inputs(oxygen="signal.oxygen > 5").oxygen.text == "signal.oxygen > 5"
    assert Inputs(oxygen=0.5).oxygen.tree == Number(0.5)
    assert Inputs(oxygen=-2).oxygen.tree == Number(-2.0)
    assert Inputs(oxygen=parsed("a")) == Inputs(oxygen="a")


@pytest.mark.parametrize(
    ("value", "offset", "message"),
    [
        ("a + ", 4, "expression ends"),
        ("a.b.c**2", 5, "use \\^"),
        (True, 0, "expected an expression"),
        (["a"], 0, "expected an expression"),
        (float("nan"), 0, "not a finite number"),
        (10**400, 0, "not a finite number"),
    ],
)
def test_errors_carry_their_place(value: object, offset: int, message: str) -> None:
    with pytest.raises(ValidationError, match=message) as caught:
        Inputs(oxygen=value)
    assert caught.value.errors()[0]["ctx"]["offset"] == offset


def test_long_sums_can_be_copied_stored_and_compared() -> None:
    long = parsed("+".join(["x"] * 500))
    assert copy.deepcopy(long) is long
    assert pickle.loads(pickle.dumps(long)) == long
    assert "tree" not in repr(long)
    assert isinstance(Inputs(oxygen=long).model_copy(deep=True).oxygen, ParsedExpression)


def test_editors_are_told_what_may_stand_there() -> None:
    schema = Inputs.model_json_schema()["properties"]["oxygen"]
    assert [kind["type"] for kind in schema["anyOf"]] == ["number", "string"]


def test_settings_do_not_load_the_compiler() -> None:
    program = (
        "import sys\n"
        "import tissue_sim.rules.settings, tissue_sim.rules.checks, tissue_sim.tissue.distributions\n"
        "import tissue_sim.tissue.expression_settings, tissue_sim.codegen.functions\n"
        "heavy = {'numba', 'scipy', 'matplotlib', 'h5py', 'mesa', 'pint'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
