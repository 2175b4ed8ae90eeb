"""Evaluating a feed-forward network for one cell, and its exact Jacobian by forward differentiation.

One compiled kernel serves all networks: architecture (`plan`, see `layers`) and weights are arguments, so
that other weights need no new code. Sums run in a fixed order, whatever the batch.
"""

from __future__ import annotations

import math

import numpy as np

from tissue_sim.kernels.compile import kernel
from tissue_sim.kernels.network.layers import AFFINE, RELU, SHIFT, SIGMOID, SOFTPLUS, SUM, TANH

__all__ = ["feed_forward", "feed_forward_slopes"]


@kernel
def activation(code, x):
    """Return the value of an activation; COPY for any other code. NaN stays NaN."""
    if code == RELU:
        return 0.0 if x < 0.0 else x
    if code == TANH:
        return math.tanh(x)
    if code == SIGMOID:
        return 1.0 / (1.0 + math.exp(-x))
    if code == SOFTPLUS:
        return max(x, 0.0) + math.log1p(math.exp(-abs(x)))
    return x


@kernel
def slope(code, x, y):
    """Return dy/dx of an activation with the value y; the slope of RELU at 0 is 0."""
    if code == RELU:
        return 1.0 if x > 0.0 else 0.0
    if code == TANH:
        return 1.0 - y * y
    if code == SIGMOID:
        return y * (1.0 - y)
    if code == SOFTPLUS:
        return 1.0 / (1.0 + math.exp(-x))
    return 1.0


@kernel
def run_layers(plan, weights, base, work):
    """Fill `work` (float64[plan[0, 2]]), whose first values are the inputs, layer by layer."""
    for k in range(1, plan.shape[0]):
        code = plan[k, 0]
        n = plan[k, 3]
        m = plan[k, 4]
        x = work[plan[k, 1] : plan[k, 1] + n]
        y = work[plan[k, 5] : plan[k, 5] + m]
        first = base + plan[k, 6]
        if code == AFFINE:
            bias = weights[first : first + m]
            for o in range(m):
                y[o] = bias[o]
            for j in range(n):
                factor = x[j]
                row = weights[first + m * (1 + j) : first + m * (2 + j)]
                for o in range(m):
                    y[o] += factor * row[o]
        elif code == SHIFT:
            added = weights[first : first + m]
            for o in range(m):
                y[o] = x[o] + added[o]
        elif code == SUM:
            other = work[plan[k, 2] : plan[k, 2] + m]
            for o in range(m):
                y[o] = x[o] + other[o]
        else:
            for o in range(m):
                y[o] = activation(code, x[o])


@kernel
def feed_forward(plan, weights, base, values, place):
    """Evaluate a network.

    Parameters
    ----------
    plan : int64[layers + 1, 7]
    weights : float64[w]
        The network's own begin at `base`.
    values : float64[v]
        Inputs stand at `place`; outputs are written behind them.
    """
    inputs = plan[0, 0]
    outputs = plan[0, 1]
    size = plan[0, 2]
    work = np.empty(size)
    for i in range(inputs):
        work[i] = values[place + i]
    run_layers(plan, weights, base, work)
    for i in range(outputs):
        values[place + inputs + i] = work[size - outputs + i]


@kernel
def feed_forward_slopes(plan, weights, base, values, place):
    """Write d output o / d input i to ``values[place + inputs + o*inputs + i]``; see `feed_forward`."""
    inputs = plan[0, 0]
    outputs = plan[0, 1]
    size = plan[0, 2]
    work = np.empty(size)
    slopes = np.zeros((size, inputs))
    for i in range(inputs):
        work[i] = values[place + i]
        slopes[i, i] = 1.0
    run_layers(plan, weights, base, work)
    for k in range(1, plan.shape[0]):
        code = plan[k, 0]
        x = plan[k, 1]
        n = plan[k, 3]
        m = plan[k, 4]
        y = plan[k, 5]
        if code == AFFINE:
            first = base + plan[k, 6] + m
            for j in range(n):
                inner = slopes[x + j]
                for o in range(m):
                    factor = weights[first + j * m + o]
                    outer = slopes[y + o]
                    for i in range(inputs):
                        outer[i] += factor * inner[i]
        else:
            for o in range(m):
                factor = slope(code, work[x + o], work[y + o])
                for i in range(inputs):
                    slopes[y + o, i] = factor * slopes[x + o, i]
                if code == SUM:
                    for i in range(inputs):
                        slopes[y + o, i] += slopes[plan[k, 2] + o, i]
    for o in range(outputs):
        for i in range(inputs):
            values[place + inputs + o * inputs + i] = slopes[size - outputs + o, i]
