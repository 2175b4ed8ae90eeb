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

    **Validity.** Weak order 1 in the leap; relative errors of means and variances are about epsilon. Systems
    with fast reversible reactions (stiff ones) are right but take leaps of the fast time.
    """

    name: ClassVar[str] = "tau_leaping"
