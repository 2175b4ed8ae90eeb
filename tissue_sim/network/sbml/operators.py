"""Which MathML operator is which of our functions."""

from __future__ import annotations

import math
from functools import lru_cache
from types import MappingProxyType

__all__ = ["CALLS", "COMPARISONS", "CONSTANTS", "REFUSED", "kind_names"]

CALLS = MappingProxyType(
    {
        "FUNCTION_ABS": "abs",
        "FUNCTION_CEILING": "ceil",
        "FUNCTION_EXP": "exp",
        "FUNCTION_FACTORIAL": "factorial",
        "FUNCTION_FLOOR": "floor",
        "FUNCTION_LN": "ln",
        "FUNCTION_MAX": "max",
        "FUNCTION_MIN": "min",
        "FUNCTION_QUOTIENT": "quotient",
        "FUNCTION_REM": "rem",
        "LOGICAL_IMPLIES": "implies",
        **{f"FUNCTION_{name.upper()}": name for name in ("sin", "cos", "tan", "sec", "csc", "cot")},
        **{f"FUNCTION_{name.upper()}": name for name in ("sinh", "cosh", "tanh", "sech", "csch", "coth")},
        **{f"FUNCTION_ARC{name.upper()}": f"a{name}" for name in ("sin", "cos", "tan", "sec", "csc", "cot")},
        **{
            f"FUNCTION_ARC{name.upper()}": f"a{name}"
            for name in ("sinh", "cosh", "tanh", "sech", "csch", "coth")
        },
    }
)
COMPARISONS = MappingProxyType(
    {
        "RELATIONAL_LT": "<",
        "RELATIONAL_LEQ": "<=",
        "RELATIONAL_GT": ">",
        "RELATIONAL_GEQ": ">=",
        "RELATIONAL_EQ": "==",
        "RELATIONAL_NEQ": "!=",
    }
)
CONSTANTS = MappingProxyType(
    {
        "CONSTANT_E": math.e,
        "CONSTANT_PI": math.pi,
        "CONSTANT_TRUE": 1.0,
        "CONSTANT_FALSE": 0.0,
    }
)
REFUSED = MappingProxyType(
    {
        "FUNCTION_DELAY": "delay(), which is not supported (delay equations)",
        "DISTRIB_FUNCTION": "a random function (package 'distrib'), which is not supported",
    }
)


@lru_cache(maxsize=1)
def kind_names() -> dict[int, str]:
    """Return libsbml's names of the types of formula nodes, without ``AST_``."""
    import libsbml

    names: dict[int, str] = {}
    for name in dir(libsbml):
        if name.startswith("AST_") and isinstance(getattr(libsbml, name), int):
            kind = "DISTRIB_FUNCTION" if name.startswith("AST_DISTRIB_FUNCTION") else name[4:]
            names.setdefault(getattr(libsbml, name), kind)
    return names
