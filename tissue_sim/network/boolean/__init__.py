"""Boolean networks: their nodes, the languages they are written in, their kinds' common part, attractors."""
