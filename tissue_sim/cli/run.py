"""``tissue-sim run SCENARIO.yaml``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tissue_sim.cli.options import add_running_options, add_scenario_options, set_threads

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_scenario_options(parser)
    parser.add_argument(
        "--output",
        metavar="FOLDER",
        type=Path,
        help="folder of the run (default: outputs/<scenario>-<number>)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace the run in that folder")
    add_running_options(parser)


def run(options: argparse.Namespace) -> int:
    """Run a scenario, record and draw it."""
    from tissue_sim.cli.session import Session
    from tissue_sim.kernels.compile import kernels_are_compiled
    from tissue_sim.recorder.folder import numbered_folder
    from tissue_sim.scenario.scenario import load_scenario
    from tissue_sim.warm_up import compile_kernels

    scenario = load_scenario(
        options.scenario, short=options.short, overrides=options.overrides, seed=options.seed
    )
    if scenario.warnings and not options.quiet:
        number = len(scenario.warnings)
        sys.stderr.write(
            f"{number} warning{'s' if number > 1 else ''}; see tissue-sim check {options.scenario}\n"
        )
    if not kernels_are_compiled():
        if not options.quiet:
            sys.stdout.write("compiling kernels, first run only (about 45 s)\n")
            sys.stdout.flush()
        compile_kernels(options.scenario, short=options.short, overrides=options.overrides)
    set_threads(options.threads)
    folder = options.output or numbered_folder(Path(options.scenario).stem)
    session = Session(folder, quiet=options.quiet, picture=not options.no_picture)
    return session.run(scenario, overwrite=options.overwrite, allow_code=options.allow_code)
