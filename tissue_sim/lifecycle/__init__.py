"""Growth, the cycle, division and death."""
