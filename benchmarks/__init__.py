"""Measured figures of the package; ``python -m benchmarks`` prints them."""
