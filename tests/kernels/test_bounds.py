"""The tests of kernels, with every index checked against the bounds of its array."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = (
    "kernels",
    "lifecycle/test_lifecycle_kernel.py",
    "mechanics/test_forces.py",
    "mechanics/test_neighbour_lists.py",
    "mechanics_further",
    "network/test_event_kernels.py",
    "network/test_every_kind.py",
    "network_boolean/test_attractors.py",
    "network_learned/test_onnx_operators.py",
    "signals/test_exchange_kernels.py",
    "signals_solver/test_signal_kernels.py",
    "signals_solver/test_varying_diffusion.py",
    "signals/test_physicell_scheme.py",
)


@pytest.mark.slow
def test_no_kernel_leaves_its_arrays(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not slow", "-p", "no:cacheprovider"]
        + [f"tests/{name}" for name in TESTS],
        cwd=ROOT,
        # A cache of its own: code compiled without the checks must not be found.
        env={**os.environ, "NUMBA_BOUNDSCHECK": "1", "TISSUE_SIM_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
