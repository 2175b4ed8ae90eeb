"""`basement_membranes`: whether they fit the domain, and which first cells lie beyond them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.errors import Problem
from tissue_sim.mechanics.basement_membrane_settings import contact_of
from tissue_sim.mechanics.further_checks import membrane_problems
from tissue_sim.mechanics.further_columns import further_columns
from tissue_sim.scenario.checks.cells import csv_columns
from tissue_sim.scenario.placement import number_of_cells, place_item

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from tissue_sim.scenario.checks.context import Context
    from tissue_sim.scenario.initial_settings import InitialItem

__all__ = ["check_membranes", "membrane_warnings"]

_MOST_CELLS = 200_000
"""Items with more cells are not laid out only to be looked at."""
_MOST_DISTANCES = 50_000


def check_membranes(context: Context) -> Iterator[Problem]:
    """Yield membranes that do not fit the domain, and own columns called like those of the forces."""
    settings = context.settings
    if context.domain is not None:
        yield from membrane_problems(settings.basement_membranes, context.domain)
    mechanics = [kind.mechanics for kind in settings.cell_types.values()]
    for name in further_columns(mechanics, settings.basement_membranes):
        if name in settings.columns:
            message = f"'{name}' is a column of attachments or basement membranes; choose another name"
            yield Problem(("columns", name), message, on_key=True)


def membrane_warnings(context: Context) -> Iterator[Problem]:
    """Yield items with cells that lie beyond a membrane they feel; the scenario is right otherwise."""
    for number, item in enumerate(context.settings.initial if context.settings.basement_membranes else ()):
        contact = contact_of(context.settings.cell_types[item.type].mechanics)
        if contact.repulsion > 0.0 or contact.adhesion > 0.0:
            yield from _beyond(context, number, item)


def _beyond(context: Context, number: int, item: InitialItem) -> Iterator[Problem]:
    points = _placed(context, number, item)
    if points is None:
        return
    membranes = context.settings.basement_membranes
    looked_at = points[: _MOST_DISTANCES // len(membranes)].tolist()
    for place, membrane in enumerate(membranes):
        distances = [membrane.shape.distance(*point, *membrane.numbers)[0] for point in looked_at]
        beyond = [k for k, d in enumerate(distances) if d < 0.0]
        if not beyond:
            continue
        first = beyond[0]
        at = ", ".join(
            f"{x:.4g}" for x, there in zip(looked_at[first], _present(context), strict=True) if there
        )
        what = f"{len(beyond)} of {len(looked_at)} cells lie" if len(looked_at) > 1 else "the cell lies"
        yield Problem(
            ("initial", number, item.shape),
            f"{what} beyond basement membrane {place} ({membrane.shape.name}), the first at [{at}] um by "
            f"{-distances[first]:.3g} um; they are pushed to the other side; move them or the membrane",
        )


def _present(context: Context) -> tuple[bool, bool, bool]:
    assert context.domain is not None
    return context.domain.present


def _placed(context: Context, number: int, item: InitialItem) -> np.ndarray | None:
    domain, volume = context.domain, context.settings.cell_types[item.type].volume
    assert domain is not None
    if (number_of_cells(item, domain, volume) or 0) > _MOST_CELLS:
        return None
    points: np.ndarray = place_item(
        item,
        number,
        domain,
        volume,
        context.files.contents,
        csv_columns(context.settings),
        context.settings.seed,
    )[0]
    return points
