"""Learned functions as terms of a network: their outputs are assigned variables of its formulas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tissue_sim.codegen.syntax import Applied, Name
from tissue_sim.errors import MissingExtraError, Problem, SettingsError, did_you_mean
from tissue_sim.network.learned.onnx_file import read_onnx
from tissue_sim.network.model import Assignment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tissue_sim.codegen.feed_forward import FeedForward
    from tissue_sim.codegen.syntax import Expression
    from tissue_sim.network.model import NetworkModel

__all__ = ["LearnedError", "LearnedTerm", "applied_to", "read_terms", "with_learned"]


class LearnedError(SettingsError):
    """A mistake in a term; `path` leads from the network's settings to it."""

    def __init__(self, message: str, *path: str | int) -> None:
        self.path = path
        super().__init__(message)


@dataclass(frozen=True)
class LearnedTerm:
    """outputs = function(inputs).

    Attributes
    ----------
    name : str
    function : FeedForward
    inputs : tuple of str
        Species, parameters, inputs, assigned variables or ``time``, in the order of the function's inputs.
    outputs : tuple of str
        Names for the function's outputs, in their order.
    """

    name: str
    function: FeedForward
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def applied_to(function: FeedForward, inputs: Iterable[str]) -> tuple[Expression, ...]:
    """Return the outputs of a function of named values."""
    arguments = tuple(Name((name,)) for name in inputs)
    return tuple(Applied(function, place, arguments) for place in range(function.outputs))


def read_terms(
    terms: Mapping[str, Any], contents: Mapping[str, bytes], taken: Mapping[str, str]
) -> tuple[tuple[LearnedTerm, ...], list[Problem]]:
    """Return the terms of a network's settings, and what is wrong with them.

    Parameters
    ----------
    terms : mapping of name to LearnedTermSettings
    contents : mapping of file name to bytes
        A file that is missing was reported; its term is left out.
    taken : mapping of name to what it is
        Names that outputs cannot have.

    Returns
    -------
    terms, problems
        Paths of the problems begin at the network's settings.
    """
    found, problems = [], []
    owners = dict(taken)
    for name, given in terms.items():
        for place, output in enumerate(given.outputs):
            if output in owners:
                path = ("learned", name, "outputs", place)
                problems.append(Problem(path, f"'{output}' is already {owners[output]}; take another name"))
            owners[output] = f"an output of the learned term '{name}'"
        if given.file not in contents:
            continue
        try:
            function = read_onnx(contents[given.file], given.file)
        except (SettingsError, MissingExtraError) as error:
            problems.append(Problem(("learned", name, "file"), str(error)))
            continue
        problems += _miscounted(name, given, function)
        found.append(LearnedTerm(name, function, tuple(given.inputs), tuple(given.outputs)))
    return tuple(found), problems


def _miscounted(name: str, given: Any, function: FeedForward) -> Iterator[Problem]:
    for key, names, number in (
        ("inputs", given.inputs, function.inputs),
        ("outputs", given.outputs, function.outputs),
    ):
        if len(names) != number:
            yield Problem(
                ("learned", name, key),
                f"{given.file} has {number} {key}, in the order of its columns; found {len(names)} names",
            )


def with_learned(model: NetworkModel, terms: Iterable[LearnedTerm]) -> NetworkModel:
    """Return the model with parameters replaced by what learned functions give.

    Raises
    ------
    LearnedError
        An output that is no parameter, an input that is unknown.
    SettingsError
        A function that depends on its own output.
    """
    given = tuple(terms)
    if not given:
        return model
    added: list[Assignment] = []
    for term in given:
        for place, output in enumerate(term.outputs):
            if output not in model.parameter_names:
                hint = did_you_mean(output, model.parameter_names)
                raise LearnedError(
                    f"the network has no parameter '{output}' for the learned function to give{hint}",
                    "learned", term.name, "outputs", place,
                )  # fmt: skip
        for place, name in enumerate(term.inputs):
            if name not in model.symbols:
                hint = did_you_mean(name, model.symbols)
                raise LearnedError(
                    f"unknown name '{name}'; known are the network's species, parameters, inputs, assigned "
                    f"variables and time{hint}",
                    "learned", term.name, "inputs", place,
                )  # fmt: skip
        values = applied_to(term.function, term.inputs)
        added += [Assignment(output, value) for output, value in zip(term.outputs, values, strict=True)]
    replaced = {each.name for each in added}
    parameters = tuple(each for each in model.parameters if each.name not in replaced)
    try:
        return replace(model, parameters=parameters, assignments=(*model.assignments, *added))
    except SettingsError as error:
        raise LearnedError(
            f"{error.message}; a learned function cannot use its own output", "learned"
        ) from error
