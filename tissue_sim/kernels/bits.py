"""Bits of words: 63 to a word, so that every word is a number that is not negative."""

from __future__ import annotations

import numba
from numba.core import types
from numba.extending import intrinsic

from tissue_sim.kernels.compile import kernel

WORD = 63
"""Bits used of an int64."""


@intrinsic
def _trailing_zeros(typing_context, word):  # noqa: ARG001 - numba passes these
    def generate(context, builder, signature, arguments):  # noqa: ARG001 - the same
        from llvmlite import ir

        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), generate


@intrinsic
def _population(typing_context, word):  # noqa: ARG001 - numba passes these
    def generate(context, builder, signature, arguments):  # noqa: ARG001 - the same
        return builder.ctpop(arguments[0])

    return types.int64(types.int64), generate


@kernel
def _lowest_compiled(word):
    return _trailing_zeros(word)


@kernel
def _count_compiled(word):
    return _population(word)


def _lowest_plain(word):
    return (int(word) & -int(word)).bit_length() - 1


def _count_plain(word):
    return int(word).bit_count()


lowest = _lowest_plain if numba.config.DISABLE_JIT else _lowest_compiled
"""lowest(word int64, not 0) -> int64: place of the lowest bit that is set."""
count = _count_plain if numba.config.DISABLE_JIT else _count_compiled
"""count(word int64) -> int64: number of bits that are set."""


@kernel
def place_of(word, k):
    """Return the place of the bit that has `k` set bits below it; word int64 with more than k bits set.

    Halving without jumps: which bit it is cannot be foreseen, and a wrong guess of the processor costs as
    much as all of this.
    """
    place = 0
    n = count(word & 0xFFFFFFFF)
    upper = 1 if k >= n else 0
    k -= n * upper
    place += 32 * upper
    n = count((word >> place) & 0xFFFF)
    upper = 1 if k >= n else 0
    k -= n * upper
    place += 16 * upper
    n = count((word >> place) & 0xFF)
    upper = 1 if k >= n else 0
    k -= n * upper
    place += 8 * upper
    n = count((word >> place) & 0xF)
    upper = 1 if k >= n else 0
    k -= n * upper
    place += 4 * upper
    n = count((word >> place) & 0x3)
    upper = 1 if k >= n else 0
    k -= n * upper
    place += 2 * upper
    n = (word >> place) & 1
    upper = 1 if k >= n else 0
    return place + upper
