"""``tissue-sim resume RUN``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tissue_sim.cli.options import add_running_options, set_threads

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("run", metavar="RUN", type=Path, help="folder of the run, or its run.h5")
    parser.add_argument(
        "--set",
        metavar="PATH=VALUE",
        action="append",
        default=[],
        dest="overrides",
        help="a new duration or stop_when, for instance duration='96 h'",
    )
    add_running_options(parser)


def run(options: argparse.Namespace) -> int:
    """Go on with a run from its newest checkpoint."""
    from tissue_sim.cli.session import Session

    set_threads(options.threads)
    folder = options.run.parent if options.run.name == "run.h5" else options.run
    session = Session(folder, quiet=options.quiet, picture=not options.no_picture)
    return session.resume(overrides=options.overrides, allow_code=options.allow_code)
