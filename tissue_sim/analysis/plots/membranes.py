"""Basement membranes in a section: the line where the signed distance of each is 0, whatever its shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tissue_sim.analysis.plots.plane import Plane
    from tissue_sim.analysis.run import Run

__all__ = ["draw_membranes"]

POINTS = 161
COLOUR = "#7a2f6b"


def draw_membranes(axes: Axes, run: Run, plane: Plane) -> None:
    """Draw the membranes of a run's scenario in a plane; the limits of the axes (um) are already set."""
    given = run.scenario.get("basement_membranes") or ()
    if not given:
        return
    from tissue_sim.mechanics.basement_membranes_settings import membrane_settings

    across, up = (np.linspace(*limits, POINTS) for limits in (axes.get_xlim(), axes.get_ylim()))
    point = [0.0, 0.0, 0.0]
    point[plane.normal] = plane.height
    for each in given:
        membrane = membrane_settings(each)
        distances = np.empty((POINTS, POINTS))
        for row, b in enumerate(up.tolist()):
            for column, a in enumerate(across.tolist()):
                point[plane.across], point[plane.up] = a, b
                distances[row, column] = membrane.shape.distance(*point, *membrane.numbers)[0]
        if distances.min() < 0.0 < distances.max():
            axes.contour(across, up, distances, levels=[0.0], colors=COLOUR, linewidths=1.4, zorder=4)
