"""A contact law from an extension file: ``mechanics: {law: MODULE.NAME, parameters: {...}}``.

Reading and checking a scenario runs no code, so the law's parameters are known only when the tissue is
built: `resolved` then puts the law and the numbers together.
"""

import re
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema, create_model

from tissue_sim.errors import Problem, ScenarioError, SettingsError, did_you_mean
from tissue_sim.mechanics.contact_settings import ContactSettings, WithForces
from tissue_sim.mechanics.law import Law
from tissue_sim.mechanics.strength import quantity_of
from tissue_sim.tissue.settings import Name
from tissue_sim.units import SignalQuantity

__all__ = ["OWN_LAW", "OwnLawMechanics", "is_own_law", "resolved", "values_problem"]

TYPICAL_RADIUS = 8.0
"""um; the cells for which a law's values are looked at."""

Given = Annotated[
    SignalQuantity,
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}], "description": "in the law's unit"}),
]
OWN_LAW = r"[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*"


def is_own_law(name: Any) -> bool:
    """Say whether a law is named as MODULE.NAME."""
    return isinstance(name, str) and re.fullmatch(OWN_LAW, name) is not None


class OwnLawMechanics(WithForces):
    """A law of the user's own.

    Attributes
    ----------
    law : str
        MODULE.NAME: the `Law` called NAME in the extension MODULE.py.
    given : dict of name to SignalQuantity
        What stands under ``parameters``: numbers in the law's own units, or text with a unit.
    """

    law: Annotated[str, Field(pattern=f"^{OWN_LAW}$")]
    given: dict[Name, Given] = Field(
        default_factory=dict, alias="parameters", description="of a law of your own, by name"
    )

    @property
    def parameters(self) -> dict[str, float]:
        """The law's parameters in its own units, by name; none before the law is resolved."""
        law = self.contact_law
        if law is None:
            return {}
        return {
            one.name: self.given[one.name].to(one.unit) if one.name in self.given else one.default
            for one in law.parameters
        }


def resolved(settings: OwnLawMechanics, law: Law) -> ContactSettings:
    """Return the settings with their law, defaults filled in.

    Raises
    ------
    ScenarioError
        With every parameter that the law does not have or whose value does not fit; paths begin below
        ``mechanics``.
    """
    problems = list(_problems(settings, law))
    if problems:
        raise ScenarioError(problems)
    model = create_model(OwnLawMechanics.__name__, __base__=OwnLawMechanics)
    # As for the built-in laws, whose models are made in the same way, the law belongs to the class.
    model.contact_law = law
    return model(
        law=settings.law,
        contact_distance=settings.contact_distance,
        parameters=settings.given,
        integrator=settings.integrator,
        attachments=settings.attachments,
        basement_membrane=settings.basement_membrane,
        tolerance=settings.tolerance,
        affinity=settings.affinity,
    )


def _problems(settings: OwnLawMechanics, law: Law) -> list[Problem]:
    known = {one.name: one for one in law.parameters}
    problems = []
    for name, value in settings.given.items():
        path = ("parameters", name)
        if name not in known:
            listed = f"it has {', '.join(known)}" if known else "it has none"
            hint = did_you_mean(name, list(known))
            message = f"the law {settings.law} has no parameter '{name}'; {listed}{hint}"
            problems.append(Problem(path, message, on_key=True))
            continue
        try:
            quantity_of(law, known[name]).parse(value.value)
        except SettingsError as error:
            problems.append(Problem(path, error.message, error.offset))
    return problems


def values_problem(settings: ContactSettings, *, beside_none: bool) -> str:
    """Return what is wrong with the speeds a law gives, empty where nothing is.

    Parameters
    ----------
    settings : ContactSettings
        Resolved.
    beside_none : bool
        Other cell types have ``mechanics: none``: for pairs with them all behaviours count as 0.
    """
    law = settings.contact_law
    if law is None:
        return ""
    s, values = 2.0 * TYPICAL_RADIUS, settings.parameters
    reach = law.reach_of(values)
    try:
        beyond = [(d, law.speed(d * s, s, *values.values())) for d in (reach * (1.0 + 1e-9), 2.0 * reach)]
        for d, speed in beyond:
            if speed != 0.0:
                return (
                    f"gives {speed:g} um/min at {d:g} (R_i + R_j), beyond its reach {reach:g}; let it return "
                    "0.0 from there on, or declare the parameter that ends it as its `reach`"
                )
        off = [
            0.0 if one.behaviour and one.pair == "geometric" else values[one.name] for one in law.parameters
        ]
        if beside_none and any(law.speed(d * s, s, *off) != 0.0 for d in (0.5, 0.9, 0.5 * (1.0 + reach))):
            return (
                "does not vanish where its geometric parameters are 0, so that `mechanics: none` of another "
                "cell type cannot switch it off; let one geometric parameter scale it"
            )
    except (ArithmeticError, ValueError) as error:
        return f"fails for cells of radius {TYPICAL_RADIUS:g} um: {type(error).__name__}: {error}"
    return ""
