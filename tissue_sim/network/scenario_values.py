"""Putting a scenario's parameters, initial values and inputs into a network that a file describes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tissue_sim.codegen.syntax import Number
from tissue_sim.errors import SettingsError, did_you_mean
from tissue_sim.network.boolean.node import without
from tissue_sim.network.learned.terms import with_learned

if TYPE_CHECKING:
    from tissue_sim.network.model import NetworkModel
    from tissue_sim.network.reader import Given

__all__ = ["with_given", "with_inputs"]


def with_given(model: NetworkModel, given: Given) -> NetworkModel:
    """Return the model with a scenario's inputs, learned terms, parameters and initial values."""
    model = with_learned(with_inputs(model, given.inputs), given.learned)
    return model.with_parameters(given.parameters).with_initial(given.initial)


def with_inputs(model: NetworkModel, names: tuple[str, ...]) -> NetworkModel:
    """Return the model with parameters (or species without a rate) replaced by inputs.

    Raises
    ------
    SettingsError
        An input that is none of these.
    """
    if not names:
        return model
    rates = dict(zip(model.species_names, model.rates(), strict=True))
    nodes = frozenset(node.name for node in model.nodes)
    active = {node.name for node in model.nodes if node.name in names and not node.rests(nodes)}
    resting = {name for name, rate in rates.items() if rate == Number(0.0) and name not in active}
    for name in names:
        if name in rates and name not in resting:
            raise SettingsError(
                f"input '{name}' is a species that the network itself changes; an input replaces a "
                "parameter or a species without a rate"
            )
        if name not in model.parameter_names and name not in resting:
            known = [*model.parameter_names, *sorted(resting)]
            raise SettingsError(
                f"the network has no parameter '{name}' to take as input{did_you_mean(name, known)}"
            )
    return replace(
        model,
        species=tuple(s for s in model.species if s.name not in names),
        parameters=tuple(p for p in model.parameters if p.name not in names),
        rate_rules=tuple(r for r in model.rate_rules if r.name not in names),
        nodes=tuple(node for node in model.nodes if node.name not in names),
        joint=without(model.joint, names),
        inputs=(*model.inputs, *names),
    )
