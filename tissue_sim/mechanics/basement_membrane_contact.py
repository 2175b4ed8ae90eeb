"""How a basement membrane moves cells: PhysiCell's quadratic repulsion and adhesion along the normal.

v = repulsion max(0, 1 - d/R)^2 - adhesion max(0, 1 - d/(a R))^2 for a centre at the distance d >= 0 from the
membrane, R the cell's radius, a = adhesion_distance (PhysiCell 1.14, doi:10.1371/journal.pcbi.1005991,
standard_add_basement_membrane_interactions). Beyond the membrane (d < 0) both squares go on along their
tangents: the push back still grows, but a step that is stable in front of the membrane is so behind it.
"""

from __future__ import annotations

__all__ = ["potential", "rest_distance", "speed"]


def speed(d: float, radius: float, repulsion: float, adhesion: float, adhesion_distance: float) -> float:
    """Return the speed along the normal, um/min, away from the membrane > 0.

    Parameters
    ----------
    d : float
        Signed distance of the centre from the membrane, um; negative beyond it.
    radius : float
        um; a cell without extent feels nothing.
    repulsion, adhesion : float
        um/min; negative ones count as 0.
    adhesion_distance : float
        In units of `radius`.
    """
    if radius <= 0.0:
        return 0.0
    ratio = d / radius
    far_ratio = ratio / adhesion_distance
    if d < 0.0:
        near, far = 1.0 - 2.0 * ratio, 1.0 - 2.0 * far_ratio
    else:
        near, far = max(0.0, 1.0 - ratio) ** 2, max(0.0, 1.0 - far_ratio) ** 2
    return max(0.0, repulsion) * near - max(0.0, adhesion) * far


def potential(d: float, radius: float, repulsion: float, adhesion: float, adhesion_distance: float) -> float:
    """Return the potential, um^2/min, whose negative derivative by d is `speed`; 0 far away."""
    if radius <= 0.0:
        return 0.0
    width = adhesion_distance * radius
    if d < 0.0:
        near, far = radius / 3.0 - d + d * d / radius, width / 3.0 - d + d * d / width
    else:
        near = radius / 3.0 * max(0.0, 1.0 - d / radius) ** 3
        far = width / 3.0 * max(0.0, 1.0 - d / width) ** 3
    return max(0.0, repulsion) * near - max(0.0, adhesion) * far


def rest_distance(radius: float, repulsion: float, adhesion: float, adhesion_distance: float) -> float:
    """Return the distance at which a cell alone rests, um: where repulsion and adhesion are equal.

    Parameters
    ----------
    radius : float
        um.
    repulsion, adhesion : float
        um/min; repulsion > adhesion > 0.
    adhesion_distance : float
        At least 1.
    """
    ratio: float = (adhesion / repulsion) ** 0.5
    return radius * (1.0 - ratio) / (1.0 - ratio / adhesion_distance)
