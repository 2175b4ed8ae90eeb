"""A user's plain function of numbers, taken out of its file so that it can be compiled into a loop.

Only the function itself goes into the generated source: whatever it names must be an argument, a variable of
its own, ``math`` or a built-in. Comments, annotations and the docstring are left out, so that only a change
of the computation compiles anew.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import re
import symtable
import textwrap
from typing import TYPE_CHECKING, Any

from tissue_sim.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["check_compiles", "standalone_source"]

KNOWN = frozenset({"math", *dir(builtins)})


def standalone_source(function: Callable[..., Any], name: str) -> str:
    """Return the source of `function` as one called `name`.

    Raises
    ------
    SettingsError
        If it is no ``def`` of a file, or uses what is defined outside of it.
    """
    own_name = getattr(function, "__name__", repr(function))
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError) as error:
        raise SettingsError(
            f"the source of {own_name}() cannot be read; write it as a plain `def` in a file"
        ) from error
    definition = tree.body[0] if tree.body else None
    if not isinstance(definition, ast.FunctionDef):
        raise SettingsError(f"{own_name} is no plain function; write it as a `def`")
    definition.name, definition.decorator_list, definition.returns = name, [], None
    for argument in ast.walk(definition.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    if ast.get_docstring(definition) is not None:
        definition.body = definition.body[1:] or [ast.Pass()]
    source = ast.unparse(definition)
    outside = sorted(set(_global_names(symtable.symtable(source, own_name, "exec"))) - KNOWN)
    if outside:
        raise SettingsError(
            f"{own_name}() uses {', '.join(outside)} from outside of it; it is compiled on its own and may "
            "use its arguments, math and built-ins: write constants and helpers inside of it"
        )
    return source


def _global_names(table: symtable.SymbolTable) -> Iterator[str]:
    for inner in table.get_children():
        yield from (each.get_name() for each in inner.get_symbols() if each.is_global())
        yield from _global_names(inner)


def check_compiles(compiled: Any, arguments: int) -> None:
    """Compile a generated function for so many float64 arguments.

    Parameters
    ----------
    compiled : numba dispatcher
        Or the plain function, where compiling is switched off.
    arguments : int

    Raises
    ------
    SettingsError
        If numba cannot, with its reason in one line, or it does not return a number on every path.
    """
    from numba import types

    if not hasattr(compiled, "compile"):
        return
    signature = (types.float64,) * arguments
    try:
        compiled.compile(signature)
    except Exception as error:
        # Mostly numba's own errors, but it lets others through, an AttributeError of math for one.
        raise SettingsError(f"numba cannot compile it: {_reason(error)}") from error
    returned = compiled.overloads[signature].signature.return_type
    if not isinstance(returned, types.Number | types.Boolean):
        raise SettingsError(f"it must return one number on every path, and returns {returned}")


def _reason(error: Exception) -> str:
    """Return the line of numba's report that says what is wrong, without colours."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if not line.startswith(("Failed in", "During:", "File", "<source"))]
    return " ".join((telling or lines or [type(error).__name__])[:2])[:300]
