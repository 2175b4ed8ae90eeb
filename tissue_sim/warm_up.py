"""Compiles the kernels of a scenario before its first run, in two processes side by side.

numba compiles on one core under a lock; two processes that share the cache halve the wait. Each builds the
tissue, keeps its share of the processes and lets them take one step.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING

from tissue_sim.build import build_tissue
from tissue_sim.errors import TissueSimError
from tissue_sim.scenario.scenario import load_scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SHARES", "compile_kernels", "compile_share"]

SHARES = (("attachments", "basement_membranes", "mechanics"), ("lifecycle", "signals", "network", "rules"))
"""Names of processes that are compiled together, of about equal cost."""


def compile_kernels(path: str, *, short: bool, overrides: Sequence[str]) -> None:
    """Fill the cache for a scenario; whatever fails here will say so in the run itself."""
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "tissue_sim.warm_up", path, str(number), "short" * short, *overrides],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for number in range(len(SHARES))
    ]
    try:
        for worker in workers:
            worker.wait()
    finally:
        for worker in workers:
            worker.kill()


def compile_share(path: str, share: Sequence[str], *, short: bool, overrides: Sequence[str]) -> None:
    """Let the processes of a share take one step; no user code runs."""
    scenario = load_scenario(path, short=short, overrides=overrides)
    tissue = build_tissue(scenario, agents=False)
    # Without radii, which the lifecycle gives, mechanics would have no pairs.
    tissue.processes = [each for each in tissue.processes if each.name in (*share, "lifecycle")]
    placement = scenario.place_cells(int(tissue.key))
    tissue.add_cells(placement.positions, placement.types, placement.columns)
    for process in [each for each in tissue.processes if each.name in share]:
        with contextlib.suppress(TissueSimError):
            process.advance(tissue, tissue.clock.step(process.step_names[0]))


def _main(words: Sequence[str]) -> None:
    path, number, short, *overrides = words
    compile_share(path, SHARES[int(number)], short=bool(short), overrides=overrides)


if __name__ == "__main__":
    _main(sys.argv[1:])
