"""What an exam is: scenarios to run, findings with their pass rule, and one figure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from benchmarks.exams.runs import Runs

__all__ = ["Exam", "Finding"]


@dataclass(frozen=True)
class Finding:
    """One measured value beside its pass rule.

    Attributes
    ----------
    what : str
        The quantity, in words.
    measured : float
    wanted : str
        The rule in words, with its number and its source: ``9.333333 within 1e-5 relative``.
    passed : bool
    unit : str
    """

    what: str
    measured: float
    wanted: str
    passed: bool
    unit: str = ""

    @classmethod
    def near(
        cls, what: str, measured: float, exact: float, *, absolute: float = 0.0, relative: float = 0.0,
        unit: str = "", because: str = "",
    ) -> Finding:  # fmt: skip
        """Return a finding that passes within ``max(absolute, relative * |exact|)`` of the exact value."""
        allowed = max(absolute, relative * abs(exact))
        rule = (
            f"{absolute:.3g} {unit}".strip()
            if absolute >= relative * abs(exact)
            else f"{relative:g} relative"
        )
        wanted = f"{exact:.8g} within {rule}" + (f", {because}" if because else "")
        return cls(what, float(measured), wanted, bool(abs(measured - exact) <= allowed), unit)

    @classmethod
    def within_errors(
        cls, what: str, measured: float, exact: float, standard_error: float, *, unit: str = ""
    ) -> Finding:
        """Return a finding that passes within three standard errors."""
        return cls.near(
            what, measured, exact, absolute=3.0 * standard_error, unit=unit, because="3 standard errors"
        )

    @classmethod
    def below(cls, what: str, measured: float, limit: float, *, unit: str = "") -> Finding:
        """Return a finding that passes up to a limit."""
        return cls(what, float(measured), f"at most {limit:g} {unit}".strip(), bool(measured <= limit), unit)

    def __str__(self) -> str:
        """Return the finding as one line."""
        mark = "pass" if self.passed else "FAIL"
        measured = f"{self.measured:.7g} {self.unit}".strip()
        return f"{mark}  {self.what}: {measured} (wanted: {self.wanted})"


class Exam(ABC):
    """One case. Its scenarios stand under scenarios/permedcoe/, its reference data in ``runs.reference``."""

    name: ClassVar[str]
    title: ClassVar[str]

    @abstractmethod
    def examine(self, runs: Runs) -> list[Finding]:
        """Run what is needed and return every finding of the case."""

    @abstractmethod
    def draw(self, figure: Figure, runs: Runs) -> None:
        """Draw our curves over those of the other simulators and the measurements."""
