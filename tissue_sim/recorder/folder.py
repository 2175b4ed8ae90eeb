"""The folder of a run: a new number each time, never a silent overwrite."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tissue_sim.errors import RunError, UsageError

__all__ = ["claim_folder", "numbered_folder"]


def numbered_folder(stem: str, base: Path | None = None) -> Path:
    """Return ``outputs/<stem>-<number>`` with the next free number, not yet made."""
    base = Path("outputs") if base is None else base
    taken = [0]
    if base.is_dir():
        pattern = re.compile(re.escape(stem) + r"-(\d+)")
        taken += [int(match[1]) for path in base.iterdir() if (match := pattern.fullmatch(path.name))]
    return base / f"{stem}-{max(taken) + 1}"


def claim_folder(folder: Path, *, overwrite: bool = False) -> Path:
    """Make the folder of a new run.

    Raises
    ------
    UsageError
        If it exists and `overwrite` is False, or holds something that is no run.
    RunError
        If it cannot be made.
    """
    try:
        if folder.exists():
            _clear(folder, overwrite=overwrite)
        folder.mkdir(parents=True, exist_ok=overwrite)
    except FileExistsError:
        raise UsageError(f"{folder} has just been taken by another run; start again") from None
    except OSError as error:
        raise RunError(
            f"cannot make the folder {folder}: {error.strerror}; choose another with --output FOLDER"
        ) from error
    return folder


def _clear(folder: Path, *, overwrite: bool) -> None:
    if not overwrite:
        raise UsageError(f"{folder} exists; choose another --output, or --overwrite to replace the run in it")
    if not folder.is_dir():
        raise UsageError(f"{folder} is a file; --output names a folder")
    if any(folder.iterdir()) and not (folder / "run.h5").exists():
        raise UsageError(f"{folder} is not empty and holds no run.h5; it is left alone, choose another")
    # Only what a run writes is deleted: a person may keep notes beside it.
    for pattern in ("run.h5", "*.vtkhdf", "*.png"):
        for path in folder.glob(pattern):
            path.unlink()
    shutil.rmtree(folder / "checkpoints", ignore_errors=True)
