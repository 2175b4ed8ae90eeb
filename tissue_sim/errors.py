"""Every exception and warning of the package, and how they read.

An error says what is wrong, where, what is allowed and what to do. Errors of a scenario are collected
as `Problem`s and raised together; errors while a simulation runs name process, time and cell.
"""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "CellRemovedError",
    "ColumnError",
    "MissingExtraError",
    "Problem",
    "RunError",
    "ScenarioError",
    "SettingsError",
    "SimulationError",
    "TissueSimError",
    "TissueSimWarning",
    "UsageError",
    "did_you_mean",
    "warn",
]


class TissueSimError(Exception):
    """Base of all errors this package raises on purpose."""


class UsageError(TissueSimError):
    """A command or function was called in a way that cannot work (exit code 2)."""


class MissingExtraError(UsageError):
    """A format needs an optional dependency that is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        self.extra = extra
        super().__init__(
            f"{what} needs the extra '{extra}', which is not installed; "
            f'do: pip install "tissue-sim[{extra}]"'
        )


class SettingsError(TissueSimError, ValueError):
    """One value of a scenario is wrong; the loader adds file, line and column.

    A ValueError too, so that pydantic collects it from inside validators.

    Parameters
    ----------
    message : str
        What is wrong; what is allowed; what to do.
    offset : int
        Character inside the value's text at which the error stands (0 for the whole value).
    """

    def __init__(self, message: str, offset: int = 0) -> None:
        self.message = message
        self.offset = offset
        super().__init__(message)


@dataclass(frozen=True)
class Problem:
    """One mistake in a scenario.

    Attributes
    ----------
    path : tuple of str or int
        Keys from the top of the file to the value (or key) that is wrong.
    message : str
        What is wrong; what is allowed; did you mean.
    offset : int
        Character inside the value's text.
    on_key : bool
        The key itself is wrong (unknown, duplicate), not its value.
    source : str
        File name, or ``--set PATH``.
    line, column : int
        From 1; 0 while unknown.
    """

    path: tuple[str | int, ...]
    message: str
    offset: int = 0
    on_key: bool = False
    source: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """``file:line:column: message``."""
        place = f"{self.source}:{self.line}:{self.column}" if self.line else self.source
        return f"{place}: {self.message}" if place else self.message


class ScenarioError(TissueSimError):
    """A scenario cannot be used; carries every problem found (exit code 2)."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class SimulationError(TissueSimError):
    """The simulation failed while it ran (exit code 1)."""

    def __init__(
        self,
        message: str,
        *,
        process: str = "",
        time: float | None = None,
        cell_id: int | None = None,
        signal: str | None = None,
    ) -> None:
        self.process, self.time, self.cell_id, self.signal = process, time, cell_id, signal
        where = [f"process {process}"] if process else []
        where += [f"time {time:g} min"] if time is not None else []
        where += [f"cell_id {cell_id}"] if cell_id is not None else []
        where += [f"signal {signal}"] if signal is not None else []
        super().__init__(f"{', '.join(where)}: {message}" if where else message)


class RunError(TissueSimError):
    """A run folder or file cannot be read or written."""


class CellRemovedError(TissueSimError):
    """An agent was used after its cell left the tissue."""

    def __init__(self, cell_id: int) -> None:
        self.cell_id = cell_id
        super().__init__(
            f"cell {cell_id} has been removed from the tissue; keep its values, not the agent, "
            "or look at `.removed` first"
        )


class ColumnError(TissueSimError, AttributeError):
    """A per-cell quantity was named that no column declares."""


class TissueSimWarning(UserWarning):
    """Base of the package's own warnings."""


def _levels_up(package: str) -> int:
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(package):
        level, frame = level + 1, frame.f_back
    return level


def warn(message: str, category: type[TissueSimWarning] = TissueSimWarning) -> None:
    """Warn at the line of the user's own code, the first caller outside this package."""
    package = str(Path(__file__).parent)
    warnings.warn(  # noqa: TID251 - the one place that may
        message, category, stacklevel=_levels_up(package)
    )


def did_you_mean(name: str, known: list[str] | tuple[str, ...]) -> str:
    """Return ``; did you mean 'x'?`` for the nearest known name, else an empty string."""
    import difflib

    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""
