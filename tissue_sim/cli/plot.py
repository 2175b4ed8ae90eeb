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
        "--output",
        metavar="FILE",
        type=Path,
        help="picture file (default: in the run folder; run.png, or run-12h-COLUMN.png where you choose)",
    )
    parser.add_argument("--dpi", type=int, default=200, metavar="N", help="dots per inch (default 200)")


def run(options: argparse.Namespace) -> int:
    """Draw a section and the populations."""
    from tissue_sim.analysis.plots.endings import check_ending
    from tissue_sim.analysis.plots.figure import PICTURE, draw_run
    from tissue_sim.analysis.run import open_run
    from tissue_sim.units import parse_quantity

    if options.output is not None:
        check_ending(options.output)
    with open_run(options.run) as opened:
        time, output = None, options.output
        if options.time is not None:
            wanted = parse_quantity(options.time, "min")
            time = float(opened.times[opened.step_at(wanted)])
            if abs(time - wanted) > 0.5e-3 * max(abs(wanted), 1.0):
                sys.stdout.write(f"{wanted / 60.0:g} h was not recorded; drawn is {time / 60.0:g} h\n")
        if output is None and (time is not None or options.color or options.signal):
            # The picture of the run's end stays as it is.
            parts = [f"{time / 60.0:g}h" if time is not None else None, options.color, options.signal]
            named = "-".join(part for part in parts if part)
            output = opened.folder / f"{Path(PICTURE).stem}-{named}.png"
        path = draw_run(
            opened, time=time, color=options.color, signal=options.signal, output=output, dpi=options.dpi
        )
    sys.stdout.write(f"{path}\n")
    return 0
