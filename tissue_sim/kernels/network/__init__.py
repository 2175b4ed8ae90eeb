"""Hand-written parts of the network integrators; the rest is generated per network."""
