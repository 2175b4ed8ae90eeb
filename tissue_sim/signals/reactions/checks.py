"""Mistakes in the text of `reactions:`, and what is allowed but may not be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen.parser import ReactionLine, parse_equations
from tissue_sim.errors import Problem, SettingsError
from tissue_sim.signals.reactions.reading import changes_of, read_reactions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from tissue_sim.signals.reactions.reactions import Reactions
    from tissue_sim.signals.settings import SignalSettings

__all__ = ["check_reactions", "reaction_warnings"]

PATH = ("reactions",)


def check_reactions(
    text: str, signals: Mapping[str, SignalSettings], parameters: Collection[str]
) -> Iterator[Problem]:
    """Yield what is wrong, its offset that in the text."""
    try:
        read_reactions(text, signals, parameters)
    except SettingsError as error:
        yield Problem(PATH, error.message, error.offset)


def reaction_warnings(
    text: str, signals: Mapping[str, SignalSettings], parameters: Collection[str]
) -> Iterator[Problem]:
    """Yield reactions between signals of several units, and tolerances that do not bound reactions.

    The text is one in which `check_reactions` finds nothing.
    """
    for line in parse_equations(text):
        if isinstance(line, ReactionLine):
            units = {name: signals[name].unit for name, change in changes_of(line).items() if change}
            if len(set(units.values())) > 1:
                listed = ", ".join(f"{name} in {unit}" for name, unit in units.items())
                message = f"the reaction turns numbers of one unit into the same numbers of another: {listed}"
                yield Problem(PATH, message, line.offset)
    yield from _tolerances(read_reactions(text, signals, parameters), signals)


def _tolerances(reactions: Reactions, signals: Mapping[str, SignalSettings]) -> Iterator[Problem]:
    for name in reactions.rates:
        if signals[name].tolerance is not None:
            yield Problem(
                ("signals", name, "tolerance"),
                f"{name} reacts: the tolerance bounds the error of diffusion and exchange alone; that of "
                "splitting off the reactions follows `steps: {signals: ...}`",
            )
