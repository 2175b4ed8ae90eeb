"""The layers a feed-forward network is made of, and what the columns of its plan mean.

A plan is int64[1 + layers, 7]. Row 0 holds the number of inputs, of outputs and of all values (inputs first,
outputs last). Each further row is one layer over a vector of values:
code, place of the operand, place of a second operand, its length, length of the result, place of the result,
place of the layer's first weight.
"""

from __future__ import annotations

__all__ = ["AFFINE", "COPY", "RELU", "SHIFT", "SIGMOID", "SOFTPLUS", "SUM", "TANH"]

AFFINE = 1
"""y_o = b_o + sum_j x_j W_jo; weights: the bias (m), then the matrix, row after row (n x m)."""
SHIFT = 2
"""y = x + c; weights: c."""
SUM = 3
"""y = x + second operand."""
COPY = 4
RELU = 5
TANH = 6
SIGMOID = 7
"""y = 1/(1 + exp(-x))."""
SOFTPLUS = 8
"""y = ln(1 + exp(x))."""
