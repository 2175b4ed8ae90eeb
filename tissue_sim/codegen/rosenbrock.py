"""Coefficients of the stiff integrator."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ROSENBROCK", "RosenbrockTableau"]


@dataclass(frozen=True)
class RosenbrockTableau:
    """W u_i = rate(t + abscissa_i h, y + sum values_ij u_j) + sum rates_ij u_j / h + h slope_i d(rate)/dt.

    W = 1/(h gamma) - Jacobian; the new value is that of the last stage plus its u, which is the error.
    """

    order: float
    gamma: float
    abscissae: tuple[float, ...]
    slopes: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]
    rates: tuple[tuple[float, ...], ...]


ROSENBROCK = RosenbrockTableau(
    order=4.0,
    gamma=0.25,
    abscissae=(0.0, 0.386, 0.21, 0.63, 1.0, 1.0),
    slopes=(0.25, -0.1043, 0.1035, -0.0362, 0.0, 0.0),
    values=(
        (),
        (1.544,),
        (0.9466785280815826, 0.2557011698983284),
        (3.314825187068521, 2.896124015972201, 0.9986419139977817),
        (1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895),
        (1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895, 1.0),
    ),
    rates=(
        (),
        (-5.6688,),
        (-2.430093356833875, -0.2063599157091915),
        (-0.1073529058151375, -9.594562251023355, -20.47028614809616),
        (7.496443313967647, -10.24680431464352, -33.99990352819905, 11.7089089320616),
        (8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054),
    ),
)
"""RODAS 4(3), L-stable, stiffly accurate.

Hairer and Wanner, Solving Ordinary Differential Equations II, 2nd ed. 1996, IV.7,
doi:10.1007/978-3-642-05221-7.
"""
