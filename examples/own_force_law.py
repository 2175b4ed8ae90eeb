"""A contact law of one's own: the Morse potential, compiled into the loop over pairs of neighbours."""

import math

from tissue_sim import Law, LawParameter


def speed(d: float, s: float, depth: float, steepness: float, cutoff: float) -> float:
    """Return the speed apart, um/min, of two centres d apart whose radii sum to s, um."""
    if d >= cutoff * s:
        return 0.0
    e = math.exp(-steepness * (d / s - 1.0))
    return 2.0 * depth * steepness / s * e * (e - 1.0)


def potential(d: float, s: float, depth: float, steepness: float, cutoff: float) -> float:
    """Return the potential, um^2/min: a well of this depth at d = s, shifted to end at 0."""
    if d >= cutoff * s:
        return 0.0
    e, end = (math.exp(-steepness * (ratio - 1.0)) for ratio in (d / s, cutoff))
    return depth * ((e - 1.0) ** 2 - (end - 1.0) ** 2)


MORSE = Law(
    name="morse",
    parameters=(
        LawParameter("depth", "um^2/min", 10.0, "depth of the well at contact"),
        LawParameter("steepness", "1", 3.0, "width of the well, over R_i + R_j, is 1/steepness", pair="mean",
                     behaviour=False),
        LawParameter("cutoff", "1", 2.0, "distance, over R_i + R_j, at which it ends", pair="mean",
                     behaviour=False),
    ),
    speed=speed,
    potential=potential,
    reach="cutoff",
    reference="doi:10.1103/PhysRev.34.57",
)  # fmt: skip
