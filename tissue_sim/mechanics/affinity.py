"""Affinities: how much more or less than alone two cell types hold each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tissue_sim.mechanics.settings import ContactSettings

__all__ = ["affinities", "affinity_problems"]

SAMPLES = 64


def affinities(names: Sequence[str], mechanics: Mapping[str, ContactSettings]) -> np.ndarray | None:
    """Return what multiplies the adhesion of each pair of cell types; None where it is 1 for all of them.

    Both cells have a say: the factor is sqrt(a_ij a_ji), a_ij what type i says of type j (1 where it says
    nothing). With strengths combined by their geometric mean the adhesion of a pair is
    sqrt(adhesion_i a_ij adhesion_j a_ji), as with the `cell_adhesion_affinities` of PhysiCell 1.14.2
    (doi:10.1371/journal.pcbi.1005991).

    Parameters
    ----------
    names : sequence of str
        The cell types, in the order of their numbers.
    mechanics : mapping of cell type to ContactSettings

    Returns
    -------
    float64[types, types] or None
        Symmetric, so that forces between two cells stay opposite.
    """
    own = np.array([[mechanics[name].affinity_to(other) for other in names] for name in names])
    factors = np.sqrt(own * own.T)
    return None if (factors == 1.0).all() else factors


def affinity_problems(mechanics: Mapping[str, ContactSettings], names: Sequence[str]) -> Iterator[Problem]:
    """Yield affinities to types that there are not, and those that can change nothing.

    Parameters
    ----------
    mechanics : mapping of cell type to ContactSettings
    names : sequence of str
        All cell types, also those whose settings are wrong.

    Yields
    ------
    Problem
        Paths begin with the name of the cell type.
    """
    for name, settings in mechanics.items():
        given = getattr(settings, "affinity", {})
        for other in given:
            if other not in names:
                hint = did_you_mean(other, list(names))
                message = f"there is no cell type '{other}'; there are {', '.join(names)}{hint}"
                yield Problem((name, "mechanics", "affinity", other), message, on_key=True)
        if given and settings.contact_law is not None and not _pulls(settings):
            message = (
                f"the {settings.law} law with these parameters pulls no cells together, so that an affinity "
                "changes nothing; take it out, or give the law adhesion"
            )
            yield Problem((name, "mechanics", "affinity"), message, on_key=True)


def _pulls(settings: ContactSettings) -> bool:
    """Say whether two cells of a type are pulled together at any distance."""
    law, values = settings.contact_law, settings.parameters
    assert law is not None
    reach = law.reach_of(values)
    if law.adhesion:
        return values[law.adhesion] > 0.0
    return any(
        law.speed(reach * k / SAMPLES, 1.0, *values.values()) < 0.0 for k in range(SAMPLES // 2, SAMPLES)
    )
