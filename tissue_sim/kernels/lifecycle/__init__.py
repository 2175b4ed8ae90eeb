"""Kernels of the lifecycle: growth, phases of the cycle, dying."""
