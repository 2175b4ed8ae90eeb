"""``tissue-sim schema``: what a scenario may contain."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--keys", action="store_true", help="list all keys with units and defaults")
    which.add_argument("--behaviours", action="store_true", help="list behaviours with their units")
    which.add_argument("--expressions", action="store_true", help="list functions of expressions")


def run(options: argparse.Namespace) -> int:
    """Print the JSON Schema (for editors), the keys, the behaviours or the functions."""
    import tissue_sim.scenario.json_schema as json_schema

    if options.keys:
        from tissue_sim.scenario.key_list import keys_text

        text = keys_text()
    elif options.behaviours:
        text = json_schema.behaviours_text()
    elif options.expressions:
        text = json_schema.expressions_text()
    else:
        text = json.dumps(json_schema.scenario_schema(), indent=1)
    sys.stdout.write(text.rstrip() + "\n")
    return 0
