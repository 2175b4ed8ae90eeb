"""Runs scenarios of the exams, each variation once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import tissue_sim
from tissue_sim.analysis.run import open_run

if TYPE_CHECKING:
    from tissue_sim.analysis.run import Run

__all__ = ["SCENARIOS", "Runs"]

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "permedcoe"


class Runs:
    """Opened runs by scenario and overrides; what ran before in this folder and process is not run again.

    Parameters
    ----------
    folder : Path
        Where the run folders go.
    reference : Path
        Folder of the reference data.
    short : bool
        Use the short form of every scenario, and small samples: for the tests.
    """

    def __init__(self, folder: Path, reference: Path, *, short: bool = False) -> None:
        self.folder = folder
        self.reference = reference
        self.short = short
        self._opened: dict[tuple[str, ...], Run] = {}

    def __call__(self, scenario: str, *overrides: str, seed: int | None = None, whole: bool = False) -> Run:
        """Return the opened run of a scenario of scenarios/permedcoe/, overrides as for ``--set``.

        `whole` asks for its full form in any case.
        """
        key = (scenario, *overrides, str(seed), str(whole))
        if key not in self._opened:
            output = self.folder / f"{scenario}-{len(self._opened) + 1}"
            tissue_sim.run(
                SCENARIOS / f"{scenario}.yaml", output=output, short=self.short and not whole,
                overrides=overrides, seed=seed, overwrite=True,
            )  # fmt: skip
            self._opened[key] = open_run(output)
        return self._opened[key]
