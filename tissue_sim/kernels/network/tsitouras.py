"""The explicit pair of Tsitouras, order 5(4), six stages and first same as last.

Tsitouras 2011, doi:10.1016/j.camwa.2011.06.002. Each function is one row of the tableau for one species:
value before the step `y`, step `h`, rates `k0`... at the stages before.
"""

from __future__ import annotations

from tissue_sim.kernels.compile import kernel

ORDER = 5.0
C1, C2, C3, C4 = 0.161, 0.327, 0.9, 0.9800255409045097
"""Moments of stages 1 to 4 within the step; stages 5 and 6 stand at its end."""

STABILITY = 3.2
"""|step * eigenvalue| near the end of the stability interval on the negative axis."""


@kernel
def stage_1(y, h, k0):
    """Return the value at stage 1."""
    return y + h * (0.161 * k0)


@kernel
def stage_2(y, h, k0, k1):
    """Return the value at stage 2."""
    return y + h * (-0.008480655492356989 * k0 + 0.335480655492357 * k1)


@kernel
def stage_3(y, h, k0, k1, k2):
    """Return the value at stage 3."""
    return y + h * (2.8971530571054935 * k0 - 6.359448489975075 * k1 + 4.3622954328695815 * k2)


@kernel
def stage_4(y, h, k0, k1, k2, k3):
    """Return the value at stage 4."""
    return y + h * (
        5.325864828439257 * k0 - 11.748883564062828 * k1 + 7.4955393428898365 * k2 - 0.09249506636175525 * k3
    )


@kernel
def stage_5(y, h, k0, k1, k2, k3, k4):
    """Return the value at stage 5, at the end of the step."""
    return y + h * (
        5.86145544294642 * k0
        - 12.92096931784711 * k1
        + 8.159367898576159 * k2
        - 0.071584973281401 * k3
        - 0.028269050394068383 * k4
    )


@kernel
def stage_6(y, h, k0, k1, k2, k3, k4, k5):
    """Return the value after the step, of fifth order."""
    return y + h * (
        0.09646076681806523 * k0
        + 0.01 * k1
        + 0.4798896504144996 * k2
        + 1.379008574103742 * k3
        - 3.290069515436081 * k4
        + 2.324710524099774 * k5
    )


@kernel
def weight(y, z, absolute, relative):
    """Return one over the error allowed, for values before and after a step."""
    return 1.0 / (absolute + relative * max(abs(y), abs(z)))


@kernel
def scaled_error(y, z, h, k0, k1, k2, k3, k4, k5, k6, absolute, relative):
    """Return the estimated error of a step, fifth minus fourth order, over the error allowed."""
    error = h * (
        -0.001780011052226 * k0
        - 0.000816434459657 * k1
        + 0.007880878010262 * k2
        - 0.144711007173263 * k3
        + 0.582357165452555 * k4
        - 0.458082105929187 * k5
        + k6 / 66.0
    )
    return abs(error) * weight(y, z, absolute, relative)
