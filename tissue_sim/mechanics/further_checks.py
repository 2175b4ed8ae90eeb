"""What can be said about attachments and basement membranes only when the whole scenario is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.errors import Problem, did_you_mean
from tissue_sim.mechanics.basement_membrane_settings import contact_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from tissue_sim.mechanics.basement_membranes_settings import BasementMembraneSettings
    from tissue_sim.mechanics.contact_settings import ContactSettings
    from tissue_sim.tissue.domain import Domain

__all__ = ["further_problems", "further_warnings", "membrane_problems"]

SAMPLES = 7
"""Points along each axis at which the normals of a membrane are looked at."""
ROUNDING = 1e-9
NEIGHBOURS = {1: 2, 2: 6, 3: 12}
"""Cells that a packed cell touches, by dimension; more attachments than these are rare."""


def further_problems(mechanics: Mapping[str, ContactSettings], known: Collection[str]) -> Iterator[Problem]:
    """Yield affinities to cell types that there are none of; paths begin with the cell type.

    Parameters
    ----------
    mechanics : mapping of cell type to ContactSettings
    known : collection of str
        All cell types, also those whose settings are wrong.
    """
    for name, settings in mechanics.items():
        for other in settings.attachments.affinity if settings.attachments else ():
            if other not in known:
                message = f"there is no cell type '{other}'; known are {', '.join(known)}"
                path = (name, "mechanics", "attachments", "affinity", other)
                yield Problem(path, message + did_you_mean(other, list(known)), on_key=True)


def membrane_problems(membranes: Sequence[BasementMembraneSettings], domain: Domain) -> Iterator[Problem]:
    """Yield membranes that push along axes the tissue lacks, or are not periodic where it is.

    Normals are looked at on a grid of points in the domain, whatever the shape.
    """
    for number, membrane in enumerate(membranes):
        shape, numbers = membrane.shape, membrane.numbers
        normals = [shape.distance(*point, *numbers)[1:] for point in _points(domain)]
        for axis in range(3):
            if all(abs(normal[axis]) <= ROUNDING for normal in normals):
                continue
            letter, path = "xyz"[axis], ("basement_membranes", number, shape.name)
            if not domain.present[axis]:
                yield Problem(
                    path,
                    f"the tissue has no {letter} axis, along which this {shape.name} pushes; leave the "
                    f"coordinates along {letter} out or write 0",
                )
            elif domain.periodic[axis]:
                yield Problem(
                    path,
                    f"the {letter} axis is periodic, and this {shape.name} is not the same all along it; "
                    f"give the domain another boundary along {letter}, or let the membrane run along it",
                )


def _points(domain: Domain) -> list[tuple[float, float, float]]:
    x, y, z = (
        # Off the middle, where normals of round shapes have no direction.
        [low + (k + 0.4) / SAMPLES * (high - low) for k in range(SAMPLES)] if present else [0.0]
        for low, high, present in zip(domain.lower, domain.upper, domain.present, strict=True)
    )
    return [(a, b, c) for a in x for b in y for c in z]


def further_warnings(
    mechanics: Mapping[str, ContactSettings],
    membranes: Sequence[BasementMembraneSettings],
    radii: Mapping[str, float],
    dimensions: int,
    step: float,
) -> Iterator[Problem]:
    """Yield what is allowed but may not be meant; paths begin with the cell type.

    Parameters
    ----------
    mechanics : mapping of cell type to ContactSettings
    membranes : sequence of BasementMembraneSettings
    radii : mapping of cell type to the radius of its cells, um
    dimensions : int
        1, 2 or 3.
    step : float
        The mechanics step, min.
    """
    for name, settings in mechanics.items():
        path = (name, "mechanics", "attachments")
        if (attachments := settings.attachments) is not None:
            if attachments.maximum == 0 and attachments.rate > 0.0:
                yield Problem(
                    (*path, "rate"), "no effect: the cells' `maximum` of attachments is 0", on_key=True
                )
            # Springs to z cells give modes with rates up to 2 z stiffness (Gershgorin).
            rate = 2.0 * min(attachments.maximum, NEIGHBOURS[dimensions]) * attachments.stiffness
            if rate * step > 2.0:
                yield _too_long(path, "the springs of attachments jitter", step, 2.0 / rate)
        path = (name, "mechanics", "basement_membrane")
        if not membranes:
            if settings.basement_membrane is not None:
                yield Problem(path, "no effect: there are no `basement_membranes`", on_key=True)
            continue
        contact = contact_of(settings)
        where = path if settings.basement_membrane is not None else (name,)
        if contact.adhesion >= contact.repulsion and contact.adhesion > 0.0:
            yield Problem(
                where,
                f"adhesion ({contact.adhesion:g} um/min) is not below repulsion ({contact.repulsion:g}): "
                "cells are pulled through the membrane",
                on_key=True,
            )
        if contact.repulsion * step > radii[name]:
            # The push falls off with the slope 2 repulsion/radius.
            limit = radii[name] / contact.repulsion
            yield _too_long(where, "cells jitter at basement membranes", step, limit)


def _too_long(path: tuple[str, ...], what: str, step: float, limit: float) -> Problem:
    return Problem(
        path,
        f"{what} with a mechanics step of {step:g} min: above about {limit:.2g} min it is unstable; set a "
        "shorter `steps: {mechanics: ...}` or smaller strengths",
        on_key=True,
    )
