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
    "mechanics/further",
    "network/test_event_kernels.py",
    "network/test_every_kind.py",
    "network_boolean/test_attractors.py",
    "network_learned/test_onnx_operators.py",
    "signals/test_exchange_kernels.py",
    "signals_solver/test_signal_kernels.py",
    "signals_solver/test_varying_diffusion.py",
    "signals/test_physicell_scheme.py",
)

OUTSIDE = """
import numpy as np
from numba import prange
from tissue_sim.kernels.compile import kernel

@kernel(parallel=True)
def read(values, place, out):
    for k in prange(out.size):
        out[k] = values[place + k]

read(np.zeros(3), 3, np.zeros(2))
"""


def checked(arguments: list[str], cache: Path) -> subprocess.CompletedProcess[str]:
    """Run Python with bounds checked, and a cache of its own: code compiled without must not be found."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "NUMBA_BOUNDSCHECK": "1", "TISSUE_SIM_CACHE": str(cache), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_kernel_that_leaves_its_array_is_found(tmp_path):
    script = tmp_path / "outside.py"
    script.write_text(OUTSIDE)
    done = checked([str(script)], tmp_path)
    assert done.returncode != 0
    assert "index is out of bounds" in done.stderr


@pytest.mark.slow
def test_no_kernel_leaves_its_arrays(tmp_path):
    options = ["-q", "-x", "-m", "not slow", "-p", "no:cacheprovider"]
    done = checked(["-m", "pytest", *options, *(f"tests/{name}" for name in TESTS)], tmp_path)
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
