"""``tissue-sim new FILE.yaml``: a scenario to start from."""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]

TEMPLATES = ("growth", "spheroid", "network")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("file", metavar="FILE.yaml", type=Path, help="file to write; an existing one is kept")
    parser.add_argument(
        "--template",
        choices=TEMPLATES,
        default="growth",
        help="growth: cells that divide (default); spheroid: oxygen and death too; network: one in each cell",
    )


def run(options: argparse.Namespace) -> int:
    """Write a commented scenario."""
    from tissue_sim.errors import UsageError

    text = (resources.files("tissue_sim.cli") / "templates" / f"{options.template}.yaml").read_text("utf-8")
    try:
        with options.file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise UsageError(f"{options.file} exists; choose another name") from None
    except OSError as error:
        raise UsageError(f"cannot write {options.file}: {error.strerror}") from error
    sys.stdout.write(f"{options.file} written; run it with: tissue-sim run {options.file}\n")
    return 0
