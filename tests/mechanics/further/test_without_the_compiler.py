"""Kernels of attachments and membranes as plain Python give the numbers of the compiled ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SMALL = """
import json, sys
import numpy as np
sys.path.insert(0, sys.argv[1])
from conftest import build_tissue
mechanics = {"integrator": "heun", "attachments": {"rate": 3.0, "breaking_rate": 2.0, "stiffness": 0.3},
             "basement_membrane": {"adhesion": 2.0}}
membranes = [{"sphere": {"radius": 9}}, {"box": {"from": [-8], "to": [8]}}, {"plane": {"normal": [1, 1, 0]}}]
position = np.random.default_rng(3).uniform(-9, 9, (9, 3))
tissue = build_tissue(position, mechanics=mechanics, membranes=membranes)
pairs = []
for _ in range(4):
    tissue.step()
    pairs.append(tissue.attachments.pairs.tolist())
columns = [tissue.population[name].tolist() for name in ("position", "membrane_distance")]
print(json.dumps([*columns, pairs]))
"""


def test_without_the_compiler_the_numbers_are_the_same():
    def run(disabled):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", SMALL, str(Path(__file__).parents[1])],
            env=os.environ | {"NUMBA_DISABLE_JIT": disabled}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return json.loads(done.stdout)

    compiled, plain = run("0"), run("1")
    for one, other in zip(compiled[:2], plain[:2], strict=True):
        assert np.array(other) == pytest.approx(np.array(one), abs=1e-9)
    assert compiled[2] == plain[2]
    assert len(compiled[2][-1]) > 3
