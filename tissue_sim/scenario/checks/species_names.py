"""Species that interventions name: whether they exist, and whether their network can hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.errors import SettingsError, did_you_mean
from tissue_sim.network.kind import kinds

if TYPE_CHECKING:
    from tissue_sim.interventions.action import Hold
    from tissue_sim.scenario.checks.context import Context

__all__ = ["wrong_species"]

_FORM = "write network.NET.SPECIES"


def wrong_species(context: Context, name: str, hold: Hold) -> str:
    """Return what is wrong with ``network.NET.SPECIES``, empty where nothing is."""
    steps = name.split(".")
    networks = context.declared("networks")
    if len(steps) != 3 or steps[0] != "network":
        return f"'{name[:60]}' names no species; {_FORM}{_nearest_species(context, steps[-1])}"
    network, species = steps[1:]
    if network not in networks:
        listed = ", ".join(networks) or "none"
        return f"no network '{network}' is declared; declared are {listed}{did_you_mean(network, networks)}"
    model = context.models.get(network)
    if model is None or not context.is_sound("networks", network):
        return ""
    if species not in model.species_names:
        return _no_species(context, network, species)
    if not any(network in kind.networks for kind in context.settings.cell_types.values()):
        return f"no cell type carries the network {network}"
    kind = kinds()[context.settings.networks[network].method]
    held, scaled = ([species], []) if hold.value is not None else ([], [species])
    try:
        kind.with_holds(model, held, scaled)
    except SettingsError as error:
        return error.message
    return ""


def _no_species(context: Context, network: str, species: str) -> str:
    model = context.models[network]
    if species in model.assigned_names:
        return f"'{species}' is given by a formula in the network {network}; act on what it is made of"
    if species in model.inputs:
        return f"'{species}' is an input of the network {network}; act on where it comes from"
    if species in model.parameter_names:
        return (
            f"'{species}' is a parameter of the network {network}; "
            f"write set: {{networks.{network}.parameters.{species}: ...}}"
        )
    known = model.species_names
    if species in model.renamed:
        return f"'{species}' of the file is called '{model.renamed[species]}' here"
    return (
        f"the network {network} has no species '{species[:60]}'; it has {', '.join(known)}"
        f"{did_you_mean(species, known)}"
    )


def _nearest_species(context: Context, word: str) -> str:
    known = {
        species: f"network.{network}.{species}"
        for network, model in context.models.items()
        for species in model.species_names
    }
    if word in known:
        return f"; did you mean '{known[word]}'?"
    near = did_you_mean(word, list(known))
    return near.replace(near.split("'")[1], known[near.split("'")[1]]) if near else ""
