"""Equations written in the scenario: ``X' = ...`` is a rate, ``y = ...`` an assignment."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tissue_sim.codegen.parser import names_in, parse_equations
from tissue_sim.errors import SettingsError, did_you_mean
from tissue_sim.network.learned.terms import with_learned
from tissue_sim.network.model import TIME, Assignment, NetworkModel, Parameter, RateRule, Species
from tissue_sim.network.reader import Given, Reader
from tissue_sim.tissue.distributions import Distribution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.codegen.parser import Equation

__all__ = ["EquationsReader"]


class EquationsReader(Reader):
    """Reads the text of `equations:`; offsets of errors count in that text."""

    name: ClassVar[str] = "equations"

    def read(self, content: bytes, file_name: str, given: Given) -> NetworkModel:
        """Return the network; see `Reader.read`."""
        equations = parse_equations(content.decode("utf-8"))
        for equation in equations:
            _check_name(equation, given)
        _check_names_used(equations, given)
        used = {name.path[0] for equation in equations for name in names_in(equation.expression)}
        shared = {name: value for name, value in given.shared.items() if name in used}
        outputs = [output for term in given.learned for output in term.outputs]
        values = {
            **{name: Distribution("fixed", (value,)) for name, value in shared.items()},
            **given.parameters,
            **{name: Distribution.fixed(0.0) for name in outputs},  # what `with_learned` replaces
        }
        for name in given.inputs:
            values.pop(name, None)
        rates = [equation for equation in equations if equation.kind == "rate"]
        for equation in rates:
            if equation.name not in given.initial:
                raise SettingsError(
                    f"species '{equation.name}' has no initial value; give it under `initial`",
                    equation.offset,
                )
        model = NetworkModel(
            name=file_name,
            species=tuple(Species(e.name, given.initial[e.name]) for e in rates),
            parameters=tuple(Parameter(name, value) for name, value in values.items()),
            inputs=given.inputs,
            assignments=tuple(Assignment(e.name, e.expression) for e in equations if e.kind != "rate"),
            rate_rules=tuple(RateRule(e.name, e.expression) for e in rates),
        )
        return with_learned(model, given.learned)


def _check_name(equation: Equation, given: Given) -> None:
    """Refuse a left side that means something else already."""
    name, offset = equation.name, equation.offset
    if name == TIME:
        raise SettingsError("'time' is the time and cannot be defined", offset)
    if "__" in name:
        raise SettingsError(f"'{name}' has a double underscore, which no name may have", offset)
    for table, what in ((given.parameters, "parameter"), (given.inputs, "input")):
        if name in table:
            raise SettingsError(f"'{name}' is already {'an' if what[0] == 'i' else 'a'} {what}", offset)
    for term in given.learned:
        if name in term.outputs:
            raise SettingsError(f"'{name}' is already an output of the learned term '{term.name}'", offset)


def _check_names_used(equations: Sequence[Equation], given: Given) -> None:
    known = {TIME, *given.parameters, *given.inputs, *given.shared, *(e.name for e in equations)}
    known |= {output for term in given.learned for output in term.outputs}
    for equation in equations:
        for name in names_in(equation.expression):
            if len(name.path) > 1:
                raise SettingsError(
                    f"'{name}' cannot stand in equations; give it a name under `inputs`", name.offset
                )
            if name.path[0] not in known:
                raise SettingsError(
                    f"unknown name '{name}'; known are species, assigned variables, parameters, inputs and "
                    f"time{did_you_mean(str(name), sorted(known))}",
                    name.offset,
                )
