"""The chemical Langevin equation: reactions as drift and noise, counts as real numbers."""

from __future__ import annotations

from typing import ClassVar

from tissue_sim.network.stochastic import StochasticKind

__all__ = ["ChemicalLangevinKind"]


class ChemicalLangevinKind(StochasticKind):
    """dX = sum_j nu_j (a_j dt + sqrt(a_j) dW_j) (Gillespie 2000, doi:10.1063/1.481811), by Euler-Maruyama.

    Strong order 1/2 (the noise is multiplicative), weak order 1; steps as those of tau-leaping, so that
    relative errors of means and variances are about `tolerance.leap` (0.03).

    **Validity.** Where every reaction happens many times before its rate changes: from some hundred molecules
    on. Below, the distribution is wrong whatever the step. Counts never become negative: how often a reaction
    happens within a step is cut where it would use up a species, so that conserved sums stay conserved; near
    0 this, too, biases. First values are not rounded.
    """

    name: ClassVar[str] = "chemical_langevin"
    counts: ClassVar[bool] = False
