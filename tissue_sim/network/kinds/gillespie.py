"""Exact stochastic simulation of reactions: each one at its own time."""

from __future__ import annotations

from typing import ClassVar

from tissue_sim.network.stochastic import StochasticKind

__all__ = ["GillespieKind"]


class GillespieKind(StochasticKind):
    """The direct method (Gillespie 1977, doi:10.1021/j100540a008): exact trajectories of the Markov process.

    The waiting time for the next reaction is exponential with the sum of all rates, and each reaction is the
    next with its part of that sum. Events happen at their own moments: triggers are looked at after each
    reaction, and where a comparison with the time turns over. Counts that events set are rounded to whole
    molecules as first values are.
    """

    name: ClassVar[str] = "gillespie"
    executes_events: ClassVar[bool] = True
