"""The intermediate form of a network: what every reader returns and every kind takes.

Names in the trees are single words: species, parameters, inputs, assigned variables, reactions (their rate)
and ``time`` (in the network's own unit). A reader that cannot say something in this form refuses the file and
names the element; nothing is dropped silently.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from tissue_sim.codegen.event import Event, EventAssignment
from tissue_sim.codegen.syntax import Binary, Expression, Name, Number
from tissue_sim.errors import SettingsError, did_you_mean
from tissue_sim.network.boolean.node import without
from tissue_sim.network.events import check_events
from tissue_sim.network.ordering import in_dependency_order
from tissue_sim.network.parts import ONE, Assignment, Parameter, RateRule, Reaction, Species

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tissue_sim.network.boolean.node import BooleanNode, JointInitial
    from tissue_sim.tissue.distributions import Distribution

__all__ = [
    "SET_TIME_UNIT",
    "TIME",
    "Assignment",
    "Event",
    "EventAssignment",
    "NetworkModel",
    "Parameter",
    "RateRule",
    "Reaction",
    "Species",
    "sum_of",
]

TIME = "time"
SET_TIME_UNIT = "(set `time_unit`)"
"""In notes that `time_unit` answers."""


@dataclass(frozen=True)
class NetworkModel:
    """One network, validated: every name is known, nothing depends on itself.

    Attributes
    ----------
    name : str
        As the file calls it; the scenario's name comes from its key.
    species, parameters, inputs, assignments, rate_rules, reactions : tuple
        Assignments are in dependency order.
    events : tuple of Event
        They set species and parameters.
    time_unit : str or None
        Declared unit of time.
    notes : tuple of str
        What was read in a way the user should know; printed by ``check``.
    renamed : mapping of id to name
        Ids of a file that are no names here -> what they are called.
    nodes : tuple of BooleanNode
        Rules of the species that are Boolean.
    joint : tuple of JointInitial
        Initial values of nodes that are drawn together, instead of those of their species.
    period : float or None
        The rate rules are no rates but the next values, taken every `period` of network time.

    Raises
    ------
    SettingsError
        Unknown or repeated names, cycles; the offset is that of the name in the equations' text.
    """

    name: str
    species: tuple[Species, ...]
    parameters: tuple[Parameter, ...] = ()
    inputs: tuple[str, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    rate_rules: tuple[RateRule, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    time_unit: str | None = None
    notes: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    nodes: tuple[BooleanNode, ...] = ()
    joint: tuple[JointInitial, ...] = ()
    period: float | None = None

    def __post_init__(self) -> None:
        self._check_unique()
        self._check_known()
        check_events(self)
        formulas = {a.name: a.expression for a in self.assignments}
        formulas |= {r.name: r.rate for r in self.reactions}
        order = in_dependency_order(formulas, "is assigned from")
        place = {name: i for i, name in enumerate(order)}
        ordered = tuple(sorted(self.assignments, key=lambda item: place[item.name]))
        object.__setattr__(self, "assignments", ordered)

    def _own_names(self) -> Iterator[str]:
        yield from (s.name for s in self.species)
        yield from (p.name for p in self.parameters)
        yield from self.inputs
        yield from (a.name for a in self.assignments)
        yield from (r.name for r in self.reactions)

    def _check_unique(self) -> None:
        seen = {TIME}
        for name in (*self._own_names(), *(event.name for event in self.events)):
            if name in seen:
                what = "is the time, which cannot be defined" if name == TIME else "is defined twice"
                raise SettingsError(f"'{name}' {what} in a network")
            seen.add(name)

    def _check_known(self) -> None:
        from tissue_sim.codegen.walk import names_in

        known = set(self.symbols)
        targets = {s.name for s in self.species}
        for rule in self.rate_rules:
            if rule.name not in targets:
                raise SettingsError(f"'{rule.name}' has a rate but is no species")
        for node in self.nodes:
            if node.name not in targets:
                raise SettingsError(f"'{node.name}' is a Boolean node but no species")
        for expression in self._expressions():
            for name in names_in(expression):
                if len(name.path) != 1 or name.path[0] not in known:
                    hint = did_you_mean(str(name), sorted(known))
                    raise SettingsError(
                        f"unknown name '{name}'; known are the network's species, parameters, inputs, "
                        f"assigned variables and time{hint}",
                        name.offset,
                    )

    def _expressions(self) -> Iterator[Expression]:
        yield from (a.expression for a in self.assignments)
        yield from (r.expression for r in self.rate_rules)
        for species in self.species:
            if isinstance(species.initial, Expression):
                yield species.initial
            yield species.per_amount
        yield from (p.value for p in self.parameters if isinstance(p.value, Expression))
        for reaction in self.reactions:
            yield reaction.rate
            yield from (coefficient for _, coefficient in reaction.changes)
        for event in self.events:
            yield from event.expressions()
        for node in self.nodes:
            yield from node.expressions()
        yield from (weight for group in self.joint for _, weight in group.states)

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """Every name an expression may use, ``time`` included."""
        return (*self._own_names(), TIME)

    @cached_property
    def species_names(self) -> tuple[str, ...]:
        """The species in order."""
        return tuple(s.name for s in self.species)

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """The parameters in order."""
        return tuple(p.name for p in self.parameters)

    @cached_property
    def assigned_names(self) -> tuple[str, ...]:
        """The assigned variables in dependency order."""
        return tuple(a.name for a in self.assignments)

    def definitions(self) -> dict[str, Expression]:
        """Return the formula of every assigned variable and of every reaction's rate."""
        formulas = {a.name: a.expression for a in self.assignments}
        return formulas | {r.name: r.rate for r in self.reactions}

    def rates(self) -> tuple[Expression, ...]:
        """Return d(value)/dt of every species, in order; reactions stand as names."""
        given = {rule.name: rule.expression for rule in self.rate_rules}
        terms: dict[str, list[Expression]] = {name: [] for name in self.species_names}
        for reaction in self.reactions:
            for name, coefficient in reaction.changes:
                terms[name].append(_times(coefficient, Name((reaction.name,))))
        return tuple(
            given[s.name] if s.name in given else _times(s.per_amount, sum_of(terms[s.name]))
            for s in self.species
        )

    def with_time_unit(self, unit: str | None) -> NetworkModel:
        """Return the model with another unit of time."""
        if unit is None:
            return self
        return replace(self, time_unit=unit, notes=tuple(n for n in self.notes if SET_TIME_UNIT not in n))

    def with_parameters(self, values: Mapping[str, Distribution]) -> NetworkModel:
        """Return the model with other parameter values; unknown names are errors."""
        for name in values:
            if name not in self.parameter_names:
                hint = did_you_mean(name, list(self.parameter_names))
                raise SettingsError(f"the network has no parameter '{name}'{hint}")
        changed = tuple(replace(p, value=values[p.name]) if p.name in values else p for p in self.parameters)
        return replace(self, parameters=changed)

    def with_initial(self, values: Mapping[str, Distribution]) -> NetworkModel:
        """Return the model with other initial values; unknown names are errors."""
        for name in values:
            if name not in self.species_names:
                hint = did_you_mean(name, list(self.species_names))
                raise SettingsError(f"the network has no species '{name}'{hint}")
        changed = tuple(replace(s, initial=values[s.name]) if s.name in values else s for s in self.species)
        return replace(self, species=changed, joint=without(self.joint, values))


def sum_of(terms: list[Expression]) -> Expression:
    """Return the sum as a balanced tree, 0 for none."""
    if not terms:
        return Number(0.0)
    while len(terms) > 1:
        pairs = [Binary("+", terms[i], terms[i + 1]) for i in range(0, len(terms) - 1, 2)]
        terms = pairs + ([terms[-1]] if len(terms) % 2 else [])
    return terms[0]


def _times(factor: Expression, other: Expression) -> Expression:
    if factor == ONE:
        return other
    if other in (ONE, Number(0.0)):
        return factor if other == ONE else other
    return Binary("*", factor, other)
