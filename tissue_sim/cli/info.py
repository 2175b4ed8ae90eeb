"""``tissue-sim info RUN``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("run", metavar="RUN", help="folder of the run, or its run.h5")


def run(options: argparse.Namespace) -> int:
    """Print what is in a run."""
    from tissue_sim.analysis.info import info
    from tissue_sim.analysis.run import open_run

    with open_run(options.run) as recorded:
        sys.stdout.write(info(recorded).rstrip() + "\n")
    return 0
