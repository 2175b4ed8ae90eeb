"""A network as the generators of code and the analyses see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.codegen.ode_system import OdeSystem

if TYPE_CHECKING:
    from tissue_sim.network.initial import InitialValues
    from tissue_sim.network.model import NetworkModel

__all__ = ["system_of"]


def system_of(model: NetworkModel, initial: InitialValues) -> OdeSystem:
    """Return the names, formulas and shared values of a model.

    Parameters
    ----------
    model : NetworkModel
    initial : InitialValues
        Says which parameters differ from cell to cell.
    """
    return OdeSystem(
        species=model.species_names,
        rates=model.rates(),
        assigned=model.assigned_names,
        cell=(*model.inputs, *initial.per_cell),
        shared=initial.shared,
        definitions=model.definitions(),
    )
