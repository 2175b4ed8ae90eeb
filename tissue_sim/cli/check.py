"""``tissue-sim check SCENARIO.yaml``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tissue_sim.cli.options import add_scenario_options

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_scenario_options(parser)


def run(options: argparse.Namespace) -> int:
    """Validate a scenario; print what a run of it would do."""
    from tissue_sim.scenario.describe import describe
    from tissue_sim.scenario.scenario import load_scenario

    scenario = load_scenario(
        options.scenario, short=options.short, overrides=options.overrides, seed=options.seed
    )
    sys.stdout.write(describe(scenario).rstrip() + "\n")
    return 0
