"""Tau-leaping: many reactions at once where counts are large, one by one where they are small."""

from __future__ import annotations

from typing import ClassVar

from tissue_sim.network.stochastic import StochasticKind

__all__ = ["TauLeapingKind"]


class TauLeapingKind(StochasticKind):
    """Explicit tau-leaping (Cao, Gillespie, Petzold 2006, doi:10.1063/1.2159468).

    A leap is as long as rates change by `tolerance.leap` (epsilon, 0.03) at most. Reactions that are within
    10 of using up a reactant are critical and happen one at a time; a leap that would take a count below 0
    is drawn anew at half its length. Where a leap holds fewer than 10 reactions, 100 are made exactly.

    **Events.** A leap ends where a comparison with the time turns over and where a delayed execution is due.
    Reactions that could turn a comparison of species over within 10 firings are critical; the others leap so
    far that drift and 1/sqrt(epsilon) standard deviations just reach it. So an event is found at the very
    reaction that triggers it, but for a chance of erfc(1/sqrt(2 epsilon)) per leap (1e-8 at 0.03) that it is
    found at the end of its leap. A trigger of what jumps by itself (``floor(X/100) > 2``) is found at the end
    of the leap. Near a threshold the method is as slow as exact simulation.

    **Validity.** Weak order 1 in the leap, times of events included; relative errors of means and variances
    are about epsilon: a decay is too fast by epsilon/2 per lifetime, variances at rest are larger by
    1/(1 - epsilon). Where epsilon times the molecules is below about 3, reactions are one by one and all is
    exact (birth and death at a mean of 20, say). Systems with fast reversible reactions (stiff ones) are
    right but take leaps of the fast time.
    """

    name: ClassVar[str] = "tau_leaping"
    executes_events: ClassVar[bool] = True
