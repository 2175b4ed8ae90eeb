"""Reading a network from a file by itself, with values for its species, parameters and inputs."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tissue_sim.codegen.parser import ReactionLine, names_in, parse_equations
from tissue_sim.codegen.syntax import Expression, Number, Unary
from tissue_sim.errors import SettingsError, did_you_mean
from tissue_sim.network.model import TIME, NetworkModel, Parameter
from tissue_sim.network.reader import Given, readers
from tissue_sim.tissue.distributions import Distribution, parse_distribution

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tissue_sim.codegen.event_parser import TextEvent

__all__ = ["SUFFIXES", "read_model", "values_without", "with_values"]

SUFFIXES = {
    ".xml": "sbml",
    ".sbml": "sbml",
    ".ant": "antimony",
    ".txt": "equations",
    ".onnx": "learned",
    ".bnet": "bnet",
    ".bnd": "maboss",
}
"""What the end of a file's name says about its content."""
LARGEST = 256_000_000
UNKNOWN = Number(math.nan)


def read_model(
    path: Path,
    values: Mapping[str, float | str | Distribution] | None = None,
    *,
    species: Sequence[str] = (),
    period: float | None = None,
    cfg: Sequence[Path] | None = None,
) -> NetworkModel:
    """Return the network in a file: SBML, Antimony, equations (.txt), ONNX and what else has a reader.

    Parameters
    ----------
    path : Path
    values : mapping of name to number or distribution
        Parameters and first values of species; inputs are given later. Names that equations use and nobody
        defines are parameters; a line ``k = 0.3`` is one with a value.
    species : sequence of str
        Names of the outputs of an ONNX model (x1, x2, ... by default); its further inputs are parameters,
        named by `values` in their order.
    period : float
        Of a discrete map (ONNX).
    cfg : sequence of Path
        Files of values and initial states of a MaBoSS model (.bnd), later ones win; by default the one of
        the same name, if there is one.

    Raises
    ------
    SettingsError
        The file cannot be read, or holds what is not supported; a name that is not known.
    MissingExtraError
        An optional dependency is not installed.
    """
    key = SUFFIXES.get(path.suffix.lower(), "")
    if key not in readers():
        known = ", ".join(suffix for suffix, each in SUFFIXES.items() if each in readers())
        raise SettingsError(
            f"'{path.name[:80]}' is no file of a network; known are names that end in {known}"
        )
    if cfg and key != "maboss":
        raise SettingsError(f"a .cfg file belongs to a MaBoSS model (.bnd); '{path.name[:80]}' is none")
    content = _content(path)
    given = {name: parse_distribution(value) for name, value in (values or {}).items()}
    if key == "equations":
        return with_values(_from_equations(content, path.name), given)
    if key == "learned":
        return _from_onnx(content, path.name, given, tuple(species), period)
    beside = path.with_suffix(".cfg")
    if cfg is None:
        cfg = [beside] if key == "maboss" and beside.is_file() else []
    further = tuple((each.name, _content(each)) for each in cfg)
    return with_values(readers()[key].read(content, path.name, Given(further_files=further)), given)


def _content(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise SettingsError(f"the file '{path.name[:80]}' is larger than {LARGEST // 1_000_000} MB")
    return path.read_bytes()


def with_values(model: NetworkModel, values: Mapping[str, Distribution]) -> NetworkModel:
    """Return the model with other parameters and first values.

    Raises
    ------
    SettingsError
        A name that is neither.
    """
    parameters = {name: value for name, value in values.items() if name in model.parameter_names}
    initial = {name: value for name, value in values.items() if name in model.species_names}
    for name in values:
        if name in model.assigned_names:
            raise SettingsError(f"'{name}' is given by a formula; set what it is made of")
        if name not in parameters and name not in initial:
            known = [*model.species_names, *model.parameter_names]
            raise SettingsError(
                f"the network has no species or parameter '{name}'{did_you_mean(name, known)}"
            )
    return model.with_parameters(parameters).with_initial(initial)


def values_without(model: NetworkModel) -> tuple[str, ...]:
    """Return the species and parameters that have no value yet."""
    items = [(each.name, each.initial) for each in model.species]
    items += [(each.name, each.value) for each in model.parameters]
    return tuple(name for name, value in items if isinstance(value, Number) and math.isnan(value.value))


def _from_equations(content: bytes, name: str) -> NetworkModel:
    """Return the network of equations; what they do not give has no value."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SettingsError("it is no text in UTF-8") from error
    events: list[TextEvent] = []
    lines = parse_equations(text, events)
    species: dict[str, None] = {}
    formulas = [formula for each in events for formula in each.event.expressions()]
    for line in lines:
        if isinstance(line, ReactionLine):
            species.update((each.path[0], None) for _, each in (*line.left, *line.right))
            formulas += [rate for rate in (line.rate, line.reverse) if rate is not None]
        else:
            species.update({line.name: None} if line.kind == "rate" else {})
            formulas.append(line.expression)
    defined = {line.name for line in lines} | species.keys() | {TIME}
    used = [each.path[0] for one in formulas for each in names_in(one) if len(each.path) == 1]
    used += [target for each in events for target, _ in each.targets]
    zero = Distribution.fixed(0.0)
    given = Given(
        {each: zero for each in dict.fromkeys(used) if each not in defined},
        dict.fromkeys(species, zero),
    )
    model = readers()["equations"].read(content, name, given)
    numbers = {
        each.name: Distribution.fixed(value)
        for each in model.assignments
        for value in [_constant(each.expression)]
        if value is not None
    }
    return replace(
        model,
        species=tuple(replace(each, initial=UNKNOWN) for each in model.species),
        parameters=(
            *(replace(each, value=UNKNOWN) for each in model.parameters),
            *(Parameter(each, value) for each, value in numbers.items()),
        ),
        assignments=tuple(each for each in model.assignments if each.name not in numbers),
    )


def _constant(expression: Expression) -> float | None:
    match expression:
        case Number(value=value):
            return value
        case Unary(operator="-", operand=Number(value=value)):
            return -value
    return None


def _from_onnx(
    content: bytes,
    name: str,
    values: Mapping[str, Distribution],
    species: tuple[str, ...],
    period: float | None,
) -> NetworkModel:
    from tissue_sim.network.learned.onnx_file import read_onnx

    function = read_onnx(content, name)
    named = species or tuple(f"x{i + 1}" for i in range(function.outputs))
    parameters = {each: value for each, value in values.items() if each not in named}
    missing = function.inputs - function.outputs - len(parameters)
    parameters |= {f"p{len(parameters) + i + 1}": Distribution.fixed(0.0) for i in range(max(0, missing))}
    zero = Distribution.fixed(0.0)
    given = Given(
        parameters,
        {each: values.get(each, zero) for each in named},
        species=named,
        period=period,
    )
    model = readers()["learned"].read(content, name, given)
    return replace(
        model,
        species=tuple(
            each if each.name in values else replace(each, initial=UNKNOWN) for each in model.species
        ),
        parameters=tuple(
            each if each.name in values else replace(each, value=UNKNOWN) for each in model.parameters
        ),
    )
