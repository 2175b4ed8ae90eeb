"""The chemical Langevin equation: reactions as drift and noise, counts as real numbers."""

from __future__ import annotations

from typing import ClassVar

from tissue_sim.network.stochastic import StochasticKind

__all__ = ["ChemicalLangevinKind"]


class ChemicalLangevinKind(StochasticKind):
    """dX = sum_j nu_j (a_j dt + sqrt(a_j) dW_j) (Gillespie 2000, doi:10.1063/1.481811), by Euler-Maruyama.

    Strong order 1/2 (the noise is multiplicative), weak order 1; steps as those of tau-leaping, so that
    relative errors of means and variances are about `tolerance.leap` (0.03).

    **Events.** A step ends where a comparison with the time turns over and where a delayed execution is due.
    Towards a comparison of species steps become short, see `kernels.stochastic.thresholds`, but not shorter
    than moves it by one reaction: an event is found about one molecule beyond its threshold.

    **Validity.** Where every reaction happens many times before its rate changes: from some hundred molecules
    on. Below, the distribution is wrong whatever the step. Counts never become negative: how often a reaction
    happens within a step is cut where it would use up a species, so that conserved sums stay conserved; near
    0 this, too, biases. First values are not rounded.
    """

    name: ClassVar[str] = "chemical_langevin"
    executes_events: ClassVar[bool] = True
    counts: ClassVar[bool] = False
