"""Which names the expressions of a scenario may use, and the check of an expression against them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tissue_sim.codegen.functions import AGGREGATES, CONTACT_FUNCTIONS, FUNCTIONS
from tissue_sim.codegen.syntax import Call, Compare, Expression, Name, Text
from tissue_sim.codegen.walk import children
from tissue_sim.errors import did_you_mean
from tissue_sim.tissue.columns import BUILT_IN_COLUMNS, STATES

__all__ = ["DeclaredNames", "check_expression"]

_VECTORS = frozenset(column.name for column in BUILT_IN_COLUMNS if column.shape)
_BUILT_IN = {column.name: column.unit for column in BUILT_IN_COLUMNS}
_FORMS = "names are signal.NAME, network.NET.SPECIES, cell.COLUMN, time, pressure and parameters"
_WORDS_OF = ("type", "state", "phase")
Finding = tuple[str, int]
"""What is wrong, and at which character of the expression's text."""


@dataclass(frozen=True)
class DeclaredNames:
    """Everything a scenario declares that an expression may name.

    Attributes
    ----------
    signals : mapping of name to unit
    networks : mapping of name to tuple of species, or to None where they are not known
    columns : mapping of name to unit
        Declared columns; the built-in ones are always known.
    cell_types : tuple of str
    parameters : frozenset of str
    behaviours : mapping of name to unit, or None
        None where they are not known: then any dotted behaviour is let through.
    unread : str
        Behaviours that begin so are known only when the tissue is built: those of a law in an extension.
    phases : frozenset of str or None
        Names of cycle phases; None where they are not known.
    """

    signals: Mapping[str, str] = field(default_factory=dict)
    networks: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    cell_types: tuple[str, ...] = ()
    parameters: frozenset[str] = frozenset()
    behaviours: Mapping[str, str] | None = field(default_factory=dict)
    unread: str = ""
    phases: frozenset[str] | None = None

    def may_be_read_later(self, behaviour: str) -> bool:
        """Say whether a behaviour may turn out to be there when the tissue is built."""
        return bool(self.unread) and behaviour.startswith(self.unread)

    @property
    def all_columns(self) -> dict[str, str]:
        """Built-in and declared columns with their units."""
        return {**_BUILT_IN, **self.columns}


def check_expression(
    tree: Expression,
    names: DeclaredNames,
    *,
    network: str | None = None,
    local: tuple[str, ...] | frozenset[str] = (),
    aggregates: bool = False,
    contacts: bool = True,
) -> Iterator[Finding]:
    """Yield (message, offset) for every name, call or text that has no meaning here.

    That functions exist and get as many arguments as they take, the parser has seen to.

    Parameters
    ----------
    tree : Expression
    names : DeclaredNames
    network : str, optional
        The network whose species may stand bare.
    local : names
        Further bare names.
    aggregates : bool
        The expression is one number for the tissue: names of cells stand inside ``mean(...)`` and the like.
    contacts : bool
        ``contact.*`` may be used.
    """
    checker = _Checker(names, network, frozenset(local), contacts=contacts, aggregates=aggregates)
    waiting = [(tree, "tissue" if aggregates else "cell")]
    while waiting:
        node, place = waiting.pop()
        below, findings = checker.visit(node, place)
        yield from findings
        waiting.extend(reversed(below))


class _Checker:
    """Checks one node at a time; a place is ``tissue``, ``cell`` or ``pair`` (inside ``contact.*``)."""

    def __init__(
        self,
        names: DeclaredNames,
        network: str | None,
        local: frozenset[str],
        *,
        contacts: bool,
        aggregates: bool,
    ) -> None:
        self.names, self.network, self.local = names, network, local
        self.contacts, self.aggregates = contacts, aggregates

    def visit(self, node: Expression, place: str) -> tuple[list[tuple[Expression, str]], list[Finding]]:
        """Return what to visit below, with its place, and what is wrong here."""
        if isinstance(node, Name):
            return [], self._name(node, place)
        if isinstance(node, Call):
            return self._call(node, place)
        if isinstance(node, Compare) and (isinstance(node.left, Text) or isinstance(node.right, Text)):
            return self._text(node, place)
        return [(child, place) for child in children(node)], []

    def _name(self, node: Name, place: str) -> list[Finding]:
        word = str(node)
        if word == "time" or word in self.names.parameters or word in self.local:
            return []
        if place == "tissue":
            wrong = self._of_cell(node.path)
            return [
                (
                    wrong or f"'{word}' has a value for each cell; write, for instance, mean({word})",
                    node.offset,
                )
            ]
        path = node.path
        if place == "pair":
            if path[0] not in ("self", "other") or len(path) == 1:
                return [(f"inside contact.*() write self.{word} or other.{word}", node.offset)]
            path = path[1:]
        wrong = self._of_cell(path)
        return [(wrong, node.offset)] if wrong else []

    def _of_cell(self, path: tuple[str, ...]) -> str:
        """Return what is wrong with a quantity of one cell, empty where nothing is."""
        if path[0] == "signal":
            return self._signal(path)
        if path[0] == "network":
            return self._species(path)
        if path[0] == "cell":
            return self._column(".".join(path[1:]))
        word = ".".join(path)
        if self.names.behaviours is None and len(path) > 1:
            return ""
        if self.names.behaviours is not None and word in self.names.behaviours:
            return ""
        if self.names.may_be_read_later(word):
            return ""
        own = self.names.networks.get(self.network) if self.network is not None else ()
        if len(path) == 1 and (own is None or word in own):
            return ""
        if word in self.names.all_columns:
            return self._column(word)
        known = [*self.local, *self.names.parameters, *(own or ()), *self.names.all_columns, "time"]
        known += [f"signal.{name}" for name in self.names.signals]
        known += list(self.names.behaviours or ())
        hint = did_you_mean(word, known) or self._prefixed(word)
        return f"unknown name '{word[:60]}'; {_FORMS}{hint}"

    def _prefixed(self, word: str) -> str:
        if word in self.names.signals:
            return f"; did you mean 'signal.{word}'?"
        for network, species in self.names.networks.items():
            if word in (species or ()):
                return f"; did you mean 'network.{network}.{word}'?"
        return ""

    def _signal(self, path: tuple[str, ...]) -> str:
        signals = list(self.names.signals)
        if len(path) < 2 or path[1] not in signals:
            name = path[1] if len(path) > 1 else ""
            hint = did_you_mean(name, signals)
            return f"no signal '{name}' is declared; declared are {_listed(signals)}{hint}"
        if len(path) == 2 or path[2:] == ("gradient",):
            return ""
        return f"a signal has no '{'.'.join(path[2:])}'; write signal.{path[1]} or signal.{path[1]}.gradient"

    def _species(self, path: tuple[str, ...]) -> str:
        networks = list(self.names.networks)
        if len(path) < 2 or path[1] not in networks:
            name = path[1] if len(path) > 1 else ""
            hint = did_you_mean(name, networks)
            return f"no network '{name}' is declared; declared are {_listed(networks)}{hint}"
        species = self.names.networks[path[1]]
        if len(path) == 3 and (species is None or path[2] in species):
            return ""
        if len(path) != 3:
            return f"write network.{path[1]}.SPECIES"
        hint = did_you_mean(path[2], species or ())
        return f"the network {path[1]} has no species '{path[2]}'; it has {_listed(species or ())}{hint}"

    def _column(self, name: str) -> str:
        known = self.names.all_columns
        if name not in known:
            return f"no column '{name}'; known are {_listed(known)}{did_you_mean(name, list(known))}"
        if name in _VECTORS:
            return f"the column '{name}' has three components and cannot stand in an expression"
        return ""

    def _call(self, node: Call, place: str) -> tuple[list[tuple[Expression, str]], list[Finding]]:
        word = ".".join(node.function)
        if word in CONTACT_FUNCTIONS:
            return self._contact(node, place)
        entry = FUNCTIONS.get(word)
        if word in AGGREGATES and len(node.arguments) == 1 and (entry is None or entry.minimum > 1):
            return self._aggregate(node, word, place)
        return [(argument, place) for argument in node.arguments], []

    def _aggregate(
        self, node: Call, word: str, place: str
    ) -> tuple[list[tuple[Expression, str]], list[Finding]]:
        if place == "tissue":
            return [(argument, "cell") for argument in node.arguments], []
        where = "inside another function of all cells" if self.aggregates else "here"
        return [], [(f"{word}() over all cells cannot be used {where}", node.offset)]

    def _contact(self, node: Call, place: str) -> tuple[list[tuple[Expression, str]], list[Finding]]:
        word = ".".join(node.function)
        found: list[Finding] = []
        if not self.contacts or place == "pair":
            found.append((f"{word}() cannot be used here", node.offset))
        elif place == "tissue":
            found.append(
                (f"{word}() has a value for each cell; write, for instance, mean({word}(...))", node.offset)
            )
        for keyword, value in node.keywords:
            if keyword == "type":
                found.extend(self._type(value))
        return [(argument, "pair") for argument in node.arguments], found

    def _type(self, value: Expression) -> Iterator[Finding]:
        word, known = str(value), self.names.cell_types
        if word not in known:
            message = f"no cell type '{word[:60]}'; declared are {_listed(known)}{did_you_mean(word, known)}"
            yield message, getattr(value, "offset", 0)

    def _text(self, node: Compare, place: str) -> tuple[list[tuple[Expression, str]], list[Finding]]:
        name, text = (node.left, node.right) if isinstance(node.right, Text) else (node.right, node.left)
        assert isinstance(text, Text)
        if not isinstance(name, Name) or name.path[-2:-1] != ("cell",) or name.path[-1] not in _WORDS_OF:
            message = "text in quotes is compared only with cell.type, cell.state or cell.phase"
            return [], [(message, text.offset)]
        column = name.path[-1]
        known: tuple[str, ...] | None = {
            "type": self.names.cell_types,
            "state": STATES,
            "phase": None if self.names.phases is None else tuple(sorted(self.names.phases)),
        }[column]
        found = self._name(name, place)
        if known is not None and text.value not in known:
            hint = did_you_mean(text.value, known)
            found.append(
                (f"no {column} is called '{text.value[:60]}'; known are {_listed(known)}{hint}", text.offset)
            )
        return [], found


def _listed(names: Mapping[str, str] | list[str] | tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
