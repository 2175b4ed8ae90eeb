"""Long straight-line code as kernels; compiling grows faster than linearly with a function's length."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["kernel_source", "with_loads"]

LINES_PER_KERNEL = 1500
_VARIABLE = re.compile(r"\bv\d+\b")
_SPECIES = re.compile(r"\by(\d+)\b")


def kernel_source(name: str, arguments: str, lines: Sequence[str]) -> str:
    """Return a kernel that runs `lines` in order, split into parts if they are many.

    Parameters
    ----------
    arguments : str
        ``t, y, held, constants, out``; species ``y3`` of the lines are read from ``y[3]``.
    lines : sequence of str
        Each assigns a variable ``v12`` once, or an element of an array. A variable that one part defines and
        another one uses goes through an array.
    """
    if len(lines) <= LINES_PER_KERNEL:
        return _function(name, arguments, with_loads(lines))
    parts = [list(lines[i : i + LINES_PER_KERNEL]) for i in range(0, len(lines), LINES_PER_KERNEL)]
    defined = [{line.split(" = ", 1)[0] for line in part} for part in parts]
    used = [set(_VARIABLE.findall("\n".join(part))) for part in parts]
    places: dict[str, int] = {}
    for own, names in zip(defined, used, strict=True):
        for variable in sorted(names - own):
            places.setdefault(variable, len(places))
    text = ""
    for number, part in enumerate(parts):
        given = sorted(used[number] - defined[number])
        kept = sorted(defined[number] & set(places))
        body = [f"{variable} = work[{places[variable]}]" for variable in given]
        body += with_loads(part)
        body += [f"work[{places[variable]}] = {variable}" for variable in kept]
        text += _function(f"{name}_part_{number}", f"{arguments}, work", body)
    calls = [f"{name}_part_{number}({arguments}, work)" for number in range(len(parts))]
    return text + _function(name, arguments, [f"work = np.empty({max(1, len(places))})", *calls])


def with_loads(lines: Sequence[str], *, species: bool = True) -> list[str]:
    """Return the lines with every element they read loaded once beforehand; reading is dear to compile."""
    text = "\n".join(lines)
    loads = []
    for array, short in (("constants", "c"), ("held", "h")):
        places = sorted({int(place) for place in re.findall(rf"\b{array}\[(\d+)\](?! = )", text)})
        loads += [f"{short}{place} = {array}[{place}]" for place in places]
        text = re.sub(rf"\b{array}\[(\d+)\](?! = )", rf"{short}\1", text)
    if species:
        used = sorted({int(number) for number in _SPECIES.findall(text)})
        loads += [f"y{k} = y[{k}]" for k in used]
    return [*loads, *text.split("\n")] if lines else []


def _function(name: str, arguments: str, lines: list[str]) -> str:
    body = "".join(f"    {line}\n" for line in lines or ["pass"])
    return f"\n@kernel\ndef {name}({arguments}):\n{body}"
