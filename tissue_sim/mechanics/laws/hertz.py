"""The contact of two elastic spheres after Hertz: v = (4/3) modulus sqrt(R) (s - d)^(3/2) for d < s.

R = R_i R_j / s is the reduced radius, s/4 for equal cells; `speed` is that of equal cells, the pair loop puts
the radii of the two cells in (``curvature``). Cells only repel each other. The modulus is the reduced Young's
modulus E* = E / (2 (1 - nu^2)) of two like cells over their drag. Hertz 1882, doi:10.1515/crll.1882.92.156;
as a law between cells Drasdo and Hoehme 2005, doi:10.1088/1478-3975/2/3/001. Without a measured drag the
default is chosen such that cells of 8.4 um radius at 5 % overlap part as fast as under the linear law.
"""

from __future__ import annotations

import math

from tissue_sim.mechanics.law import Law, LawParameter

__all__ = ["LAW"]


def speed(d: float, s: float, modulus: float) -> float:
    """Return the speed apart of cells of radius s/2, um/min."""
    indentation = max(0.0, s - d)
    return 2.0 / 3.0 * modulus * math.sqrt(s * indentation) * indentation


def potential(d: float, s: float, modulus: float) -> float:
    """Return the potential, um^2/min, of cells of radius s/2."""
    indentation = max(0.0, s - d)
    return 4.0 / 15.0 * modulus * math.sqrt(s * indentation) * indentation * indentation


LAW = Law(
    name="hertz",
    parameters=(
        LawParameter("modulus", "1/um/min", 0.1, "reduced elastic modulus over drag", force_unit="nN/um^2"),
    ),
    speed=speed,
    potential=potential,
    curvature=True,
    reference="doi:10.1515/crll.1882.92.156",
)
