"""What the tests of forces beside contacts share; tissues are made by `make_tissue` of the folder above."""

from __future__ import annotations

import numba
import pytest


@pytest.fixture
def on_threads():
    """Call a function on one and on two threads; return both results."""

    def run(function):
        before = numba.get_num_threads()
        try:
            results = []
            for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
                numba.set_num_threads(threads)
                results.append(function())
            return results
        finally:
            numba.set_num_threads(before)

    return run
