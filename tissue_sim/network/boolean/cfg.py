"""MaBoSS's .cfg files: variables, initial states, internal nodes; later files replace earlier ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.syntax import Expression, Name, Number
from tissue_sim.codegen.walk import fold, rebuild
from tissue_sim.errors import did_you_mean
from tissue_sim.network.boolean.grammar import VARIABLE, read_formula
from tissue_sim.network.boolean.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection

    from tissue_sim.network.boolean.words import SourceText

__all__ = ["Configuration", "InitialGroup"]

RUN_SETTINGS = (
    "time_tick", "max_time", "sample_count", "discrete_time", "use_physrandgen", "use_glibcrandgen",
    "use_mtrandgen", "seed_pseudorandom", "display_traj", "thread_count", "statdist_traj_count",
    "statdist_cluster_threshold", "statdist_similarity_cache_max_size", "init_pop",
)  # fmt: skip
"""What concerns MaBoSS's own runs and output: passed over, with a note."""
MOST_STATES = 4096


@dataclass(frozen=True)
class InitialGroup:
    """``[A, B].istate = 0.4 [0, 1], 0.6 [1, 1]``: weights may use variables."""

    names: tuple[str, ...]
    states: tuple[tuple[tuple[bool, ...], Expression], ...]


@dataclass
class Configuration:
    """What the .cfg files of one network say.

    Attributes
    ----------
    nodes : collection of str
        Those of the .bnd file.
    variables : dict of name to value
        Evaluated where they stand, as in MaBoSS.
    initial : dict of name to Expression
        Probability of 1, of nodes that are in no group.
    groups : list of InitialGroup
    internal, reference : dict of name to value
    passed_over : list of str
        Settings of runs.
    """

    nodes: Collection[str]
    variables: dict[str, float] = field(default_factory=dict)
    initial: dict[str, Expression] = field(default_factory=dict)
    groups: list[InitialGroup] = field(default_factory=list)
    internal: dict[str, bool] = field(default_factory=dict)
    reference: dict[str, bool | None] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)

    def read(self, source: SourceText) -> None:
        """Take over what a file says.

        Raises
        ------
        SettingsError
            With file, line and column of what does not fit or is not known.
        """
        words = Words(source)
        while words.next.kind != "end":
            if words.at(";"):
                words.take()
            elif words.next.kind == "variable":
                self._variable(words)
            elif words.at("["):
                self._group(words)
            else:
                self._named(words)

    def _variable(self, words: Words) -> None:
        name = words.take().text
        words.expect("=", f"after '${name}'")
        self.variables[name] = self._number(words)
        words.expect(";", f"after the value of '${name}'")

    def _named(self, words: Words) -> None:
        name = words.name("a setting such as $k = 1; or A.istate = 0;")
        if words.at("."):
            words.take()
            self._attribute(words, name.text, name.offset)
            return
        if name.text not in RUN_SETTINGS:
            hint = did_you_mean(name.text, RUN_SETTINGS)
            raise words.source.error(
                f"'{name.text}' is no setting; settings are $VARIABLE, NODE.istate, NODE.is_internal, "
                f"NODE.refstate and those of MaBoSS's runs{hint}",
                name.offset,
            )
        words.expect("=", f"after '{name.text}'")
        value = self._number(words)
        words.expect(";", f"after the value of '{name.text}'")
        if name.text == "discrete_time" and value != 0.0:
            raise words.source.error(
                "discrete_time = 1 is not supported; take method boolean_asynchronous for discrete time",
                name.offset,
            )
        if name.text not in self.passed_over:
            self.passed_over.append(name.text)

    def _check_node(self, words: Words, name: str, offset: int) -> None:
        if name not in self.nodes:
            raise words.source.error(
                f"the .bnd file has no node '{name}'{did_you_mean(name, list(self.nodes))}", offset
            )

    def _attribute(self, words: Words, node: str, offset: int) -> None:
        self._check_node(words, node, offset)
        attribute = words.name("istate, is_internal or refstate")
        words.expect("=", f"after '{attribute.text}'")
        kind = attribute.text.lower()
        if kind == "istate":
            self._set_initial(node, self._probability(words))
        elif kind == "is_internal":
            self.internal[node] = self._number(words) != 0.0
        elif kind == "refstate":
            value = self._number(words)
            self.reference[node] = None if value < 0.0 else value != 0.0
        else:
            raise words.source.error(
                f"unknown attribute '{attribute.text}'; known are istate, is_internal and refstate",
                attribute.offset,
            )
        words.expect(";", f"after the value of '{attribute.text}'")

    def _set_initial(self, node: str, value: Expression) -> None:
        self._leave_groups((node,))
        self.initial[node] = value

    def _leave_groups(self, names: tuple[str, ...]) -> None:
        """Take nodes out of earlier groups; the others keep their own distribution."""
        groups = []
        for group in self.groups:
            places = [i for i, name in enumerate(group.names) if name not in names]
            if places:
                states = tuple((tuple(state[i] for i in places), weight) for state, weight in group.states)
                groups.append(InitialGroup(tuple(group.names[i] for i in places), states))
        self.groups = groups

    def _probability(self, words: Words) -> Expression:
        """Return the probability of 1; a number below 0 means both values alike."""
        tree = self._known(words)
        value = _constant(tree)
        return Number(0.5) if value is not None and value < 0.0 else tree

    def _group(self, words: Words) -> None:
        words.take()
        names = []
        while True:
            name = words.name("the name of a node")
            self._check_node(words, name.text, name.offset)
            if name.text in names:
                raise words.source.error(f"node '{name.text}' stands twice in the group", name.offset)
            names.append(name.text)
            if not words.at(","):
                break
            words.take()
        words.expect("]", "after the nodes of a group")
        words.expect(".", "before istate")
        attribute = words.name("istate")
        if attribute.text.lower() != "istate":
            raise words.source.error("a group of nodes has the attribute istate only", attribute.offset)
        words.expect("=", "after istate")
        states = self._states(words, len(names))
        words.expect(";", "after the initial states")
        self._leave_groups(tuple(names))
        for each in names:
            self.initial.pop(each, None)
        self.groups.append(InitialGroup(tuple(names), states))

    def _states(self, words: Words, number: int) -> tuple[tuple[tuple[bool, ...], Expression], ...]:
        states: list[tuple[tuple[bool, ...], Expression]] = []
        while True:
            weight = self._known(words)
            opening = words.expect("[", "before the values of a state")
            values = [self._number(words) != 0.0]
            while words.at(","):
                words.take()
                values.append(self._number(words) != 0.0)
            words.expect("]", "after the values of a state")
            if len(values) != number:
                raise words.source.error(
                    f"the state has {len(values)} values for {number} nodes", opening.offset
                )
            states.append((tuple(values), weight))
            if len(states) > MOST_STATES:
                raise words.source.error(f"a group has more than {MOST_STATES} states", opening.offset)
            if not words.at(","):
                return tuple(states)
            words.take()

    def _known(self, words: Words) -> Expression:
        """Read a formula of variables that have values."""
        source = words.source

        def combine(part: Expression, operands: list[Expression]) -> Expression:
            if not isinstance(part, Name):
                return rebuild(part, operands)
            if part.path[0].lower() in ("true", "false"):
                return Number(float(part.path[0].lower() == "true"))
            if part.path[0] != VARIABLE:
                raise source.error(f"'{part}' is no number; only $variables stand here", part.offset)
            if part.path[1] not in self.variables:
                raise source.error(f"the variable '${part.path[1]}' has no value here", part.offset)
            return part

        return fold(read_formula(words), combine)

    def _number(self, words: Words) -> float:
        offset = words.next.offset
        value = evaluate(self._known(words), lambda name: self.variables[name.path[1]])
        if not isinstance(value, float) or not abs(value) <= 1e308:
            raise words.source.error("the value is not a finite number", offset)
        return value


def _constant(tree: Expression) -> float | None:
    """Return the value of a formula without variables."""
    try:
        return float(evaluate(tree, _no_variable))
    except KeyError:
        return None


def _no_variable(name: Name) -> float:
    raise KeyError(str(name))
