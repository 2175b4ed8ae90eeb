"""Attractors among all states of a Boolean network, from the nodes that may flip in each state.

State j of `count` states has bit i set where node i is on; ``flips[j]`` has bit i set where node i may flip.
"""

from __future__ import annotations

import numpy as np

from tissue_sim.kernels.bits import lowest
from tissue_sim.kernels.compile import kernel


@kernel
def synchronous_cycles(flips, label, sizes, first, length):
    """Find the cycles of the map j -> j ^ flips[j] and the states that lead to each; return their number.

    Parameters
    ----------
    flips : int64[n]
    label : int32[n]
        Out: the attractor of every state.
    sizes, first, length : int64[m]
        Out: states in the basin, a state of the cycle, states of the cycle; m >= the number of cycles, or
        only as many as fit are written.

    Notes
    -----
    Every state is walked from once: O(n).
    """
    n = flips.shape[0]
    number = 0
    for j in range(n):
        label[j] = -1
    for begin in range(n):
        if label[begin] != -1:
            continue
        state = begin
        while label[state] == -1:
            label[state] = -2  # on the present walk
            state ^= flips[state]
        found = label[state]
        if found == -2:
            found = number
            steps = 1
            other = state ^ flips[state]
            while other != state:
                steps += 1
                other ^= flips[other]
            if number < sizes.shape[0]:
                sizes[number] = 0
                first[number] = state
                length[number] = steps
            number += 1
        state = begin
        walked = 0
        while label[state] == -2:
            label[state] = found
            walked += 1
            state ^= flips[state]
        if found < sizes.shape[0]:
            sizes[found] += walked
    return number


@kernel
def close_component(flips, component, opened, number_open, root, number):
    """Give the states open since `root` (int64) the number `number` if no edge leaves them, else -1.

    Returns
    -------
    int64, bool
        States that stay open; whether the component is terminal. Arrays as in `terminal_components`.
    """
    first = number_open - 1
    while opened[first] != root:
        first -= 1
    for k in range(first, number_open):
        component[opened[k]] = -3  # of this component
    terminal = True
    for k in range(first, number_open):
        edges = flips[opened[k]]
        while edges != 0 and terminal:
            bit = lowest(edges)
            edges &= edges - 1
            terminal = component[opened[k] ^ (1 << bit)] == -3
        if not terminal:
            break
    for k in range(first, number_open):
        component[opened[k]] = number if terminal else -1
    return first, terminal


@kernel
def terminal_components(flips, component, work, stack, sizes, first):
    """Find the sets of states that single flips do not leave and that are connected both ways.

    Tarjan's algorithm (doi:10.1137/0201010) without recursion, over the edges j -> j with one bit of
    flips[j] flipped; a component is terminal if no edge leaves it.

    Parameters
    ----------
    flips : int64[n]
    component : int32[n]
        Out: number of the terminal component of a state, -1 where it is in none.
    work : int32[4, n]
        Order of discovery, lowest order reached, open states, and the way back.
    stack : int64[n]
        Edges of a state that are left to look at.
    sizes, first : int64[m]
        Out: states of each terminal component and one of them; only as many as fit are written.

    Returns
    -------
    int64
        Number of terminal components.
    """
    n = flips.shape[0]
    order, low, opened, back = work[0], work[1], work[2], work[3]
    for j in range(n):
        order[j] = -1
        component[j] = -1
    counter = 0
    number = 0
    number_open = 0
    for begin in range(n):
        if order[begin] != -1:
            continue
        state = begin
        back[state] = -1
        order[state] = counter
        low[state] = counter
        counter += 1
        stack[state] = flips[state]
        opened[number_open] = state
        number_open += 1
        component[state] = -2  # open
        while True:
            if stack[state] != 0:
                bit = lowest(stack[state])
                stack[state] &= stack[state] - 1
                other = state ^ (1 << bit)
                if order[other] == -1:
                    back[other] = state
                    order[other] = counter
                    low[other] = counter
                    counter += 1
                    stack[other] = flips[other]
                    opened[number_open] = other
                    number_open += 1
                    component[other] = -2
                    state = other
                elif component[other] == -2:
                    low[state] = min(low[state], order[other])
                continue
            if low[state] == order[state]:
                first_open, terminal = close_component(flips, component, opened, number_open, state, number)
                if terminal:
                    if number < sizes.shape[0]:
                        sizes[number] = number_open - first_open
                        first[number] = state
                    number += 1
                number_open = first_open
            parent = back[state]
            if parent == -1:
                break
            low[parent] = min(low[parent], low[state])
            state = parent
    return number


@kernel
def states_of(component, wanted, out):
    """Write the states of one component into ``out`` (int64[size]), ascending; return how many there were."""
    found = 0
    for j in range(component.shape[0]):
        if component[j] == wanted:
            if found < out.shape[0]:
                out[found] = j
            found += 1
    return np.int64(found)
