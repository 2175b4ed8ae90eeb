"""Opening an SBML document and refusing by name what cannot be said in the intermediate form yet."""

from __future__ import annotations

from typing import Any

from tissue_sim.errors import MissingExtraError, SettingsError
from tissue_sim.network.sbml.guard import checked_text

__all__ = ["opened"]

HARMLESS_PACKAGES = frozenset({"layout", "render", "groups", "l3v2extendedmath", "qual"})
"""They say how a model is drawn or sorted, or only name functions we know; `network.sbml.qual` reads qual."""


def opened(content: bytes, file_name: str) -> tuple[Any, list[str]]:
    """Return libsbml's document and notes on what is passed over.

    Raises
    ------
    MissingExtraError
        Without python-libsbml.
    SettingsError
        Unreadable, no model, Level 1, packages that change the mathematics, or elements that are refused.
    """
    text = checked_text(content, file_name)
    libsbml = _libsbml()
    document = libsbml.readSBMLFromString(text)
    _check_errors(libsbml, document, file_name)
    level = document.getLevel()
    if level not in (2, 3):
        raise SettingsError(f"{file_name} is SBML Level {level}; Levels 2 and 3 are read")
    if document.getModel() is None:
        raise SettingsError(f"{file_name} holds no model")
    notes = _check_packages(document, file_name)
    notes += _check_elements(document.getModel(), file_name)
    return document, notes


def _libsbml() -> Any:
    try:
        import libsbml
    except ImportError as error:
        raise MissingExtraError("reading SBML", "sbml") from error
    return libsbml


def _check_errors(libsbml: Any, document: Any, file_name: str) -> None:
    for i in range(document.getNumErrors()):
        error = document.getError(i)
        if error.getSeverity() >= libsbml.LIBSBML_SEV_ERROR:
            message = " ".join(error.getMessage().split())
            raise SettingsError(f"{file_name}:{error.getLine()}:{error.getColumn()}: {message[:300]}")


def _check_packages(document: Any, file_name: str) -> list[str]:
    notes = []
    for i in range(document.getNumPlugins()):
        package = document.getPlugin(i).getPackageName()
        if package in HARMLESS_PACKAGES:
            continue
        raise SettingsError(f"{file_name} uses the SBML package '{package}', which is not supported")
    for i in range(document.getNumUnknownPackages()):
        prefix = document.getUnknownPackagePrefix(i)
        if document.getPackageRequired(prefix):
            raise SettingsError(f"{file_name} needs the SBML package '{prefix}', which is not supported")
        notes.append(f"the package '{prefix}' is passed over; the file says it does not change the results")
    return notes


def _label(element: Any, number: int) -> str:
    identifier = element.getId() if element.isSetId() else ""
    return f"'{identifier}'" if identifier else f"number {number + 1}"


def _check_elements(model: Any, file_name: str) -> list[str]:
    """Refuse algebraic rules and fast reactions; note constraints."""
    for i in range(model.getNumRules()):
        if model.getRule(i).isAlgebraic():
            raise SettingsError(
                f"{file_name}: algebraic rule number {i + 1} is not supported; "
                "solve it for one variable and write an assignment rule"
            )
    for i in range(model.getNumReactions()):
        reaction = model.getReaction(i)
        if reaction.isSetFast() and reaction.getFast():
            raise SettingsError(
                f"{file_name}: reaction {_label(reaction, i)} is fast, which is not supported"
            )
    return [
        f"constraint {_label(model.getConstraint(i), i)} is not watched"
        for i in range(model.getNumConstraints())
    ]
