"""Philox against the published known answers, and its uniform numbers against their law."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tissue_sim.kernels.philox import fill_uniform, philox, uniform, uniform_pair

# Known answers of Random123, the authors' own implementation (philox4x32, 10 rounds).
KNOWN = [
    (0, (0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((1 << 64) - 1, ((1 << 32) - 1,) * 4, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        0x299F31D0A4093822,
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("key", "counter", "answer"), KNOWN)
@pytest.mark.parametrize("form", [philox, philox.py_func])
def test_known_answers(form, key, counter, answer):
    with np.errstate(over="ignore"):
        words = form(np.uint64(key), *(np.uint64(word) for word in counter))
    assert tuple(int(word) for word in words) == answer


def test_every_part_of_the_counter_matters():
    key = np.uint64(7)
    base = uniform(key, 1, 2, 3, 4)
    others = [
        uniform(key, 2, 2, 3, 4),
        uniform(key, 1, 3, 3, 4),
        uniform(key, 1, 2, 4, 4),
        uniform(key, 1, 2, 3, 5),
    ]
    others += [uniform(np.uint64(8), 1, 2, 3, 4), uniform(key, 1, 2, 3, 4 + (1 << 32))]
    assert len({base, *others}) == 7
    assert uniform(key, 1, 2, 3, 4) == base == uniform_pair(key, 1, 2, 3, 4)[0]


def test_uniform_numbers_follow_their_law():
    ids = np.arange(1, 50_001, dtype=np.int64)
    u = np.empty(len(ids))
    fill_uniform(np.uint64(3), ids, 5, 1, 0, u)
    assert u.min() > 0.0
    assert u.max() < 1.0
    assert stats.kstest(u, "uniform").pvalue > 0.01
    assert abs(np.corrcoef(u[:-1], u[1:])[0, 1]) < 4.0 / np.sqrt(len(u))
