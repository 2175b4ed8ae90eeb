"""Hand-written parts of the stochastic network kinds: exact samplers, choice of reactions, leaps."""
