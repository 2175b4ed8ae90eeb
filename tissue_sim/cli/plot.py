"""``tissue-sim plot RUN``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("run", metavar="RUN", type=Path, help="folder of the run, or its run.h5")
    parser.add_argument("--time", metavar="TIME", help="a time such as '24 h' (default: the last recorded)")
    parser.add_argument(
        "--color", metavar="COLUMN", help="column to colour cells by, for instance hypoxia__HIF"
    )
    parser.add_argument("--signal", metavar="NAME", help="signal behind the cells")
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help="picture file (default: in the run folder)"
    )
    parser.add_argument("--dpi", type=int, default=200, metavar="N", help="dots per inch (default 200)")


def run(options: argparse.Namespace) -> int:
    """Draw a section and the populations."""
    from tissue_sim.analysis.plots.figure import draw_run
    from tissue_sim.units import parse_quantity

    time = None if options.time is None else parse_quantity(options.time, "min")
    path = draw_run(
        options.run,
        time=time,
        color=options.color,
        signal=options.signal,
        output=options.output,
        dpi=options.dpi,
    )
    sys.stdout.write(f"{path}\n")
    return 0
