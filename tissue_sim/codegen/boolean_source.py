"""The update rules of a Boolean network as source: all nodes at once, as bits of words.

`BooleanProgram.flips` are lines that compute ``u0, u1, ...``, the nodes that may flip in the state ``s0, s1,
...``; ``table[2*i + x]`` is the rate at which node i leaves the value x. ``prepare`` fills what stays within
a step: the table and the conditions on parameters. Bit 0 of ``x3`` is node 3; its other bits are not looked
at.
The lines stand inside the loop that uses them: a call would pass more than it computes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen.boolean_classes import rate_classes
from tissue_sim.codegen.boolean_gates import HELD, NUMERIC, Gates
from tissue_sim.codegen.source import IMPORTS, condition_source_of, source_of
from tissue_sim.codegen.syntax import Call, Expression, Logic, Name, Number, Unary
from tissue_sim.codegen.walk import fold, names_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.codegen.boolean_gates import Gate
    from tissue_sim.codegen.boolean_system import BooleanSystem

__all__ = ["BooleanProgram"]

WORD = 63
"""Bits of a word, as in `kernels.bits`."""
LONGEST_TEXT, DEEPEST_TEXT = 300, 15
"""Longer or deeper conditions get a variable of their own."""
NODES_PER_KERNEL = 100

HEADER = f'''"""Generated from the rules of a Boolean network; do not edit."""

{IMPORTS}
import numpy as np
from numba import prange

from tissue_sim.kernels.bits import count, lowest, place_of
from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.network.status import NOT_FINITE, OK, TOO_MANY_STEPS
from tissue_sim.kernels.philox import uniform_pair
'''


class BooleanProgram:
    """Source of the rules, and the numbers it takes.

    Attributes
    ----------
    source : str
        Imports, ``prepare``, and parts of the rules where there are many nodes.
    flips : list of str
        Lines that compute the words ``u0, u1, ...``.
    constants : list of str
        Shared parameters whose values are the kernels' `constants`, float64[c].
    held_size : int
        Number of conditions on parameters.
    prepared_per_cell : bool
        Whether `prepare` depends on the row.
    classes : list of RateClass or None
        Then ``table[c]`` is the rate of class c.

    Parameters
    ----------
    system : BooleanSystem
    by_class : bool
        Put flips of one rate into classes, if these are few.
    """

    def __init__(self, system: BooleanSystem, *, by_class: bool = False) -> None:
        self._system = system
        self._bits = {name: i for i, name in enumerate(system.nodes)}
        self._gates = Gates(frozenset(system.nodes))
        self._read: set[str] = set()
        self.constants: list[str] = []
        pairs = [
            (self._gates.gate(up), self._gates.gate(down))
            for up, down in zip(system.up, system.down, strict=True)
        ]
        self.classes = rate_classes(pairs, system) if by_class else None
        self.flips, parts = self._flips(pairs)
        prepare = self._prepare(pairs)
        self.held_size = len(self._gates.held)
        self.prepared_per_cell = bool(self._read & set(system.cell))
        self.source = HEADER + parts + prepare

    @property
    def words(self) -> int:
        """Words of a state."""
        return max(1, -(-len(self._system.nodes) // WORD))

    def _value_name(self, name: Name) -> str:
        """Return how a parameter or input is read."""
        word = name.path[0]
        self._read.add(word)
        if word in self._system.shared:
            if word not in self.constants:
                self.constants.append(word)
            return f"constants[{self.constants.index(word)}]"
        return f"values[place, {self._system.places[word]}]"

    def _number_name(self, name: Name) -> str:
        """Return how a name is read in arithmetic, where a node is 0.0 or 1.0."""
        place = self._bits.get(name.path[0])
        return self._value_name(name) if place is None else f"float(x{place} & 1)"

    def _prepare(self, pairs: list[tuple[Gate | None, Gate | None]]) -> str:
        lines = []
        if self.classes is not None:
            for c, each in enumerate(self.classes):
                lines.append(f"table[{c}] = {source_of(each.value, self._value_name)}")
            pairs = []
        for i, pair in enumerate(pairs):
            for side, gate in enumerate(pair):
                if gate is not None and pair[1 - side] is not None:
                    lines.append(f"table[{2 * i + side}] = {source_of(gate.value, self._value_name)}")
        for k, condition in enumerate(self._gates.held):
            lines.append(f"held[{k}] = 1 if {condition_source_of(condition, self._value_name)} else 0")
        return _kernel("prepare", "values, place, constants, table, held", lines or ["pass"])

    def _flips(self, pairs: list[tuple[Gate | None, Gate | None]]) -> tuple[list[str], str]:
        """Return the lines of all rules, and the kernels that they call where there are many nodes."""
        number = len(self._system.nodes)
        if number <= NODES_PER_KERNEL:
            return self._part(pairs, 0, number)[0], ""
        state = ", ".join(f"s{w}" for w in range(self.words))
        arguments = f"{state}, values, place, constants, table, held"
        lines, text = [f"u{w} = 0" for w in range(self.words)], ""
        for first in range(0, number, NODES_PER_KERNEL):
            part, words = self._part(pairs, first, min(first + NODES_PER_KERNEL, number))
            results = ", ".join(f"u{w}" for w in words)
            text += _kernel(f"flips_{first}", arguments, [*part, f"return ({results},)"])
            lines.append(f"{', '.join(f'f{w}' for w in words)}, = flips_{first}({arguments})")
            lines += [f"u{w} |= f{w}" for w in words]
        return lines, text

    def _part(
        self, pairs: list[tuple[Gate | None, Gate | None]], first: int, last: int
    ) -> tuple[list[str], list[int]]:
        """Return the lines of nodes `first` to `last`, and the words they compute."""
        writer = _Writer(self._bits)
        ends: dict[int, list[str]] = {}
        for i in range(first, last):
            up, down = pairs[i]
            if up is None or down is None:
                own = self._arithmetic(writer, i)
            elif down.condition == Unary("not", up.condition) or up.condition == Unary("not", down.condition):
                own = f"(x{i} ^ {writer.bits(up.condition)})"
                writer.read(Name((self._system.nodes[i],)))
            else:
                writer.read(Name((self._system.nodes[i],)))
                own = f"(~x{i} & {writer.bits(up.condition)} | x{i} & {writer.bits(down.condition)})"
            ends.setdefault(i // WORD, []).append(f"({own} & 1) << {i % WORD}")
        lines = []
        for w, terms in ends.items():
            pieces = [" | ".join(terms[k : k + 20]) for k in range(0, len(terms), 20)]
            lines += [f"p{w}_{k} = {piece}" for k, piece in enumerate(pieces)]
            lines.append(f"u{w} = {' | '.join(f'p{w}_{k}' for k in range(len(pieces)))}")
        return self._loads(writer) + writer.lines + lines, list(ends)

    def _loads(self, writer: _Writer) -> list[str]:
        """Return the lines that read bits, conditions on parameters and those on arithmetic."""
        numeric = []
        for k in sorted(writer.numeric):
            condition = self._gates.numeric[k]
            for name in names_in(condition):
                if name.path[0] in self._bits:
                    writer.read(name)
            numeric.append(f"n{k} = 1 if {condition_source_of(condition, self._number_name)} else 0")
        loads = [f"x{i} = s{i // WORD} >> {i % WORD}" for i in sorted(writer.nodes)]
        loads += [f"h{k} = held[{k}]" for k in sorted(writer.held)]
        return loads + numeric

    def _arithmetic(self, writer: _Writer, i: int) -> str:
        """Write the lines that compute the rate at which node i leaves its value; return its bit."""
        system = self._system
        writer.read(Name((system.nodes[i],)))
        for side, expression in enumerate((system.up[i], system.down[i])):
            for name in names_in(expression):
                if name.path[0] in self._bits:
                    writer.read(name)
            condition = f"x{i} & 1" if side else f"not x{i} & 1"
            writer.lines.append(f"if {condition}:")
            writer.lines.append(f"    r{i} = {source_of(expression, self._number_name)}")
            writer.lines.append(f"    table[{2 * i + side}] = r{i}")
        writer.lines.append(f"b{i} = 1 if r{i} != 0.0 else 0")
        return f"b{i}"


class _Writer:
    """Writes conditions as operations on words; notes what they read."""

    def __init__(self, bits: dict[str, int]) -> None:
        self._bits = bits
        self.lines: list[str] = []
        self.nodes: set[int] = set()
        self.held: set[int] = set()
        self.numeric: set[int] = set()
        self._variables = 0

    def read(self, name: Name) -> str:
        """Return the variable of a bit and note that it is read."""
        if name.path[0] == HELD and len(name.path) > 1:
            self.held.add(int(name.path[1]))
            return f"h{name.path[1]}"
        if name.path[0] == NUMERIC and len(name.path) > 1:
            self.numeric.add(int(name.path[1]))
            return f"n{name.path[1]}"
        self.nodes.add(self._bits[name.path[0]])
        return f"x{self._bits[name.path[0]]}"

    def bits(self, condition: Expression) -> str:
        """Return the text of a condition, one operand."""
        return fold(condition, self._combine)[0]

    def _combine(self, node: Expression, operands: list[tuple[str, int]]) -> tuple[str, int]:
        depth = 1 + max((operand[1] for operand in operands), default=0)
        texts = [operand[0] for operand in operands]
        match node:
            case Number(value=value):
                return ("1" if value != 0.0 else "0"), 0
            case Name():
                return self.read(node), 0
            case Unary():
                return f"~{texts[0]}", depth
            case Logic(operator=operator):
                return self._joined(" & " if operator == "and" else " | ", texts, depth)
            case Call():
                return self._joined(" ^ ", texts, depth)
        raise TypeError(f"no condition over bits: {node!r:.60}")

    def _joined(self, operator: str, texts: Sequence[str], depth: int) -> tuple[str, int]:
        parts = list(texts)
        while len(parts) > 1 and (sum(map(len, parts)) > LONGEST_TEXT or depth > DEEPEST_TEXT):
            group, size = [parts.pop(0)], 0
            while parts and size < LONGEST_TEXT:
                size += len(parts[0])
                group.append(parts.pop(0))
            self._variables += 1
            self.lines.append(f"t{self._variables} = {operator.join(group)}")
            parts.append(f"t{self._variables}")
            depth = 1
        return (f"({operator.join(parts)})" if len(parts) > 1 else parts[0]), depth


def _kernel(name: str, arguments: str, lines: Sequence[str]) -> str:
    body = "".join(f"    {line}\n" for line in lines)
    return f"\n\n@kernel\ndef {name}({arguments}):\n{body}"
