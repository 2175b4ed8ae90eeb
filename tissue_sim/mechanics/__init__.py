"""Mechanics: forces between cells, motility, and the boundaries of the domain."""
