"""What all tests share: reference data, strict floating point, no leftovers of other processes."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

VARIABLE = "TISSUE_SIM_GROUND_TRUTH"


@pytest.fixture(scope="session")
def ground_truth() -> Path:
    """Folder of the independent reference data; the test skips where it is absent."""
    folder = os.environ.get(VARIABLE)
    if not folder or not Path(folder).is_dir():
        pytest.skip(f"reference data: set {VARIABLE} to their folder (make test does)")
    return Path(folder)


@pytest.fixture
def rng() -> np.random.Generator:
    """A seeded generator for test data."""
    return np.random.default_rng(20260101)
