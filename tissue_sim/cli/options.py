"""Options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

__all__ = ["add_running_options", "add_scenario_options", "set_threads"]


def add_scenario_options(parser: argparse.ArgumentParser) -> None:
    """Add what changes a scenario: --set, --seed, --short."""
    parser.add_argument("scenario", metavar="SCENARIO.yaml", help="the scenario file")
    parser.add_argument(
        "--set",
        metavar="PATH=VALUE",
        action="append",
        default=[],
        dest="overrides",
        help="replace one value, for instance cell_types.tumour.cycle.rate=1e-3; may be repeated",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="replace the scenario's seed")
    parser.add_argument("--short", action="store_true", help="apply the scenario's short form")


def add_running_options(parser: argparse.ArgumentParser) -> None:
    """Add what goes with running: --threads, --quiet, --allow-code, --no-picture."""
    parser.add_argument(
        "--threads", type=int, metavar="N", help="threads (default: all cores); results do not depend on it"
    )
    parser.add_argument("--quiet", action="store_true", help="print only errors")
    parser.add_argument(
        "--allow-code", action="store_true", help="import the Python files that `extensions:` names"
    )
    parser.add_argument("--no-picture", action="store_true", help="draw no picture at the end")


def set_threads(number: int | None) -> None:
    """Set the number of threads of all kernels.

    Raises
    ------
    UsageError
        If there are fewer, or the number is below 1.
    """
    if number is None:
        return
    from tissue_sim.errors import UsageError
    from tissue_sim.kernels.threads import most_threads, use_threads

    if not 1 <= number <= most_threads():
        raise UsageError(f"--threads {number}: allowed is 1 to {most_threads()} on this machine")
    use_threads(number)
