"""The loops over cells, updates and states around the rules of one Boolean network, as source.

The templates stand in `boolean_templates`; here are the parts that depend on the number of words and rates.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tissue_sim.codegen.boolean_source import WORD
from tissue_sim.codegen.boolean_system import PHASE, TIME_SCALE
from tissue_sim.codegen.boolean_templates import (
    ASYNCHRONOUS,
    CELL,
    CONTINUOUS,
    DISCRETE,
    LOOP,
    STATES,
    SYNCHRONOUS,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.codegen.boolean_classes import RateClass
    from tissue_sim.codegen.boolean_source import BooleanProgram
    from tissue_sim.codegen.boolean_system import BooleanSystem

__all__ = ["advance_source", "states_source"]

_LINES = re.compile(r"^( *)\{(\w+)\}$", re.MULTILINE)


def _filled(template: str, parts: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the template's lines with those that hold a word in braces replaced by the part it names."""
    lines = []
    for line in template.strip("\n").split("\n"):
        match = _LINES.match(line)
        lines += [f"{match[1]}{each}" for each in parts[match[2]]] if match else [line]
    return lines


def _each_flip(words: int, body: Sequence[str], failure: str, after: str = "") -> list[str]:
    """Return a loop over the nodes that may flip; `after` follows each word, with its number for #."""
    lines = []
    for w in range(words):
        lines += [
            f"word = u{w}",
            "change = 0",
            "while word != 0:",
            "    b = lowest(word)",
            f"    rate = table[2 * ({w * WORD} + b) + ((s{w} >> b) & 1)]",
            "    if not rate >= 0.0:",
            f"        return {failure}",
            *(f"    {line}" for line in body),
            "    word &= word - 1",
        ]
        lines += [after.replace("#", str(w))] if after else []
    return lines


def _pick(words: int) -> list[str]:
    """Return lines that choose the node where the sum of rates exceeds ``wanted``, else the last with one."""
    lines = ["chosen = 0"]
    for w in range(words):
        inner = [
            f"word = u{w}",
            "while word != 0:",
            "    b = lowest(word)",
            f"    rate = table[2 * ({w * WORD} + b) + ((s{w} >> b) & 1)]",
            "    if rate > 0.0:",
            f"        chosen = {w * WORD} + b",
            "        wanted -= rate",
            "        if wanted < 0.0:",
            "            break",
            "    word &= word - 1",
        ]
        lines += inner if w == 0 else ["if wanted >= 0.0:", *(f"    {line}" for line in inner)]
    return lines


def _by_word(words: int, line: str) -> list[str]:
    """Return the line for the word that holds ``chosen``; # is its number, @ the first node of it."""
    lines = []
    for w in range(words):
        own = line.replace("#", str(w)).replace("@", str(w * WORD))
        if words == 1:
            return [own]
        word = "if" if w == 0 else "elif"
        lines += [f"{word} chosen < {(w + 1) * WORD}:", f"    {own}"]
    return lines


def _parts(system: BooleanSystem, program: BooleanProgram) -> dict[str, list[str]]:
    words, number = program.words, len(system.nodes)
    load, store = [], []
    for w in range(words):
        first, size = w * WORD, min(WORD, number - w * WORD)
        load += [
            f"s{w} = 0",
            f"for b in range({size}):",
            f"    s{w} |= (1 if values[place, {first} + b] != 0.0 else 0) << b",
        ]
        store += [f"for b in range({size}):", f"    values[place, {first} + b] = float((s{w} >> b) & 1)"]
    return {
        "load": load,
        "store": ["if flipped > 0:", *(f"    {line}" for line in store)],
        "flips": program.flips,
        "check_rates": [],
        "sum_rates": ["total = 0.0", *_each_flip(words, ["total += rate"], "NOT_FINITE, flipped")],
        "pick": _pick(words),
        "flip_chosen": _by_word(words, "s# ^= 1 << (chosen - @)"),
        "flip_all": _each_flip(
            words,
            ["if rate > 0.0:", "    change |= 1 << b", "    flipped += 1"],
            "NOT_FINITE, flipped",
            "s# ^= change",
        ),
        "rate_of_chosen": _by_word(
            words,
            "rate = table[2 * chosen + ((s# >> (chosen - @)) & 1)] if (u# >> (chosen - @)) & 1 else 0.0",
        ),
        "possible": _each_flip(1, ["if rate > 0.0:", "    possible |= 1 << b"], "NOT_FINITE"),
    }


def _class_parts(classes: Sequence[RateClass], words: int) -> dict[str, list[str]]:
    """Return the parts of the continuous loop where flips of one rate are counted together."""
    check, total = [], ["total = 0.0"]
    for c, each in enumerate(classes):
        check += [f"if not (table[{c}] >= 0.0 and table[{c}] < math.inf):", "    return NOT_FINITE, 0"]
        for w in range(words):
            up, down = (
                sum(1 << (i - w * WORD) for i in side if i // WORD == w) for side in (each.up, each.down)
            )
            mask = f"(~s{w} & {up} | s{w} & {down})" if up != down else f"{up}"
            total.append(f"m{c}_{w} = u{w} & {mask}")
        number = " + ".join(f"count(m{c}_{w})" for w in range(words))
        total += [f"n{c} = {number}", f"total += table[{c}] * n{c}"]
    if len(classes) == 1:
        pick = ["k = min(int(second * n0), n0 - 1)", *(f"g{w} = m0_{w}" for w in range(words))]
    else:
        pick = ["begin = 0.0", "share = 1.0", "members = 1", *(f"g{w} = 0" for w in range(words))]
        for c in range(len(classes)):
            pick += [
                f"if wanted >= 0.0 and table[{c}] * n{c} > 0.0:",
                *(f"    {line}" for line in ("begin = wanted", f"share = table[{c}]", f"members = n{c}")),
                *(f"    g{w} = m{c}_{w}" for w in range(words)),
                f"    wanted -= table[{c}] * n{c}",
            ]
        pick.append("k = min(int(begin / share), members - 1)")
    for w in range(words - 1):
        deeper = "    " * w
        pick += [
            f"{deeper}if k < count(g{w}):",
            f"{deeper}    chosen = {w * WORD} + place_of(g{w}, k)",
            f"{deeper}else:",
            f"{deeper}    k -= count(g{w})",
        ]
    last = words - 1
    pick.append("    " * last + f"chosen = {last * WORD} + place_of(g{last}, k)")
    return {"check_rates": check, "sum_rates": total, "pick": pick}


def _named(text: str, system: BooleanSystem, program: BooleanProgram, dynamics: str) -> str:
    """Return the text with its words in capitals replaced by numbers of this network."""
    number = len(system.nodes)
    scaled = TIME_SCALE in system.places
    words = {
        "PHASE": str(system.places[PHASE]),
        "EACH": str(number if dynamics == "asynchronous" else 1),
        "NODES": str(number),
        "TABLE": str(2 * number),
        "HELD": str(max(1, program.held_size)),
        "PREPARED_PER_CELL": str(program.prepared_per_cell),
        "SCALE": f"values[place, {system.places[TIME_SCALE]}]" if scaled else "1.0",
    }
    return re.sub(r"\b[A-Z][A-Z_]+\b", lambda match: words.get(match[0], match[0]), text)


def advance_source(system: BooleanSystem, program: BooleanProgram, dynamics: str) -> str:
    """Return the module of ``advance``; dynamics are continuous, synchronous or asynchronous."""
    parts = _parts(system, program)
    if dynamics == "continuous":
        if program.classes is not None:
            parts |= _class_parts(program.classes, program.words)
        parts["updates"] = _filled(CONTINUOUS, parts)
    else:
        parts["each_update"] = _filled(SYNCHRONOUS if dynamics == "synchronous" else ASYNCHRONOUS, parts)
        parts["updates"] = _filled(DISCRETE, parts)
    text = "\n\n\n" + "\n".join([*_filled(CELL, parts), *LOOP.split("\n")])
    return program.source + _named(text, system, program, dynamics)


def states_source(system: BooleanSystem, program: BooleanProgram) -> str:
    """Return the module of ``possible_flips``, for at most 63 nodes."""
    text = "\n".join(["", "", *_filled(STATES, _parts(system, program)), ""])
    return program.source + _named(text, system, program, "synchronous")
