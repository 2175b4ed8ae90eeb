"""Signals: diffusing substances on the grid, and what cells exchange with them."""
