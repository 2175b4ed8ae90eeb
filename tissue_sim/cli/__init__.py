"""The command line ``tissue-sim``: one small module per command, imported only when it is used."""

from __future__ import annotations

import argparse
import importlib
import sys
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

COMMANDS = {
    "run": "run a scenario",
    "resume": "go on with a run that was interrupted or is to last longer",
    "check": "validate a scenario and say what it would do",
    "info": "say what is in a run",
    "plot": "draw a run",
    "network": "look at a network without a tissue: list, simulate, steady states, period, sensitivities",
    "new": "write a scenario to start from",
    "schema": "print the scenario's JSON Schema, behaviours or expressions",
}
LATER = ("export", "view", "sweep", "verify", "branch", "explain", "import")

OK, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code.

    Exit codes: 0 ok, 1 the simulation failed, 2 wrong scenario or usage, 130 interrupted.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    named = next((word for word in words if not word.startswith("-")), "")
    parser = _parser(named)
    if named in LATER:
        sys.stderr.write(f"tissue-sim: '{named}' comes with a later version\n")
        return WRONG
    options = parser.parse_args(words)
    if not options.command:
        parser.print_help()
        return WRONG
    return _guarded(options)


def _guarded(options: argparse.Namespace) -> int:
    from tissue_sim.errors import MissingExtraError, ScenarioError, TissueSimError, UsageError

    module = importlib.import_module(f"tissue_sim.cli.{options.command}")
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            code: int = module.run(options)
    except ScenarioError as error:
        sys.stderr.write(f"{error}\n")
        number = len(error.problems)
        sys.stderr.write(f"tissue-sim: {number} mistake{'s' if number != 1 else ''} in the scenario\n")
        return WRONG
    except (UsageError, MissingExtraError) as error:
        sys.stderr.write(f"tissue-sim: {error}\n")
        return WRONG
    except TissueSimError as error:
        sys.stderr.write(f"tissue-sim: {error}\n")
        return FAILED
    except KeyboardInterrupt:
        sys.stderr.write("tissue-sim: interrupted before the first step; nothing was written\n")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return OK
    return code


def _show_warning(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    """Say what our own warnings say; where in the code they were raised does not help at the command line."""
    from tissue_sim.errors import TissueSimWarning

    name = "warning" if issubclass(category, TissueSimWarning) else category.__name__
    sys.stderr.write(f"tissue-sim: {name}: {message}\n")


def _parser(named: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tissue-sim", description="Simulate living tissue from a YAML scenario."
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name == named:
            importlib.import_module(f"tissue_sim.cli.{name}").add_arguments(command)
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from tissue_sim import __version__

        parser.exit(0, f"tissue-sim {__version__}\n")
