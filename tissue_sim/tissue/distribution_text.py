"""Reading distributions from text: ``NAME(number, ..., min=number, max=number)``."""

from __future__ import annotations

import math

from tissue_sim.codegen.lexer import Token, tokens_of
from tissue_sim.errors import SettingsError, did_you_mean

__all__ = ["FORMS", "read_distribution"]

FORMS = {
    "normal": "normal(mean, sd)",
    "lognormal": "lognormal(median, sigma of the log)",
    "uniform": "uniform(low, high)",
    "exponential": "exponential(mean)",
    "erlang": "erlang(mean, shape)",
    "choice": "choice(a, b, ...)",
}
"""How each distribution is written; each also takes min= and max=."""


class _Reader:
    """Reads ``NAME(number, ..., min=number, max=number)``."""

    def __init__(self, text: str, unit: str) -> None:
        self._tokens, self._place, self._unit = tokens_of(text), 0, unit

    def _take(self) -> Token:
        token = self._tokens[self._place]
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def _next(self) -> Token:
        return self._tokens[self._place]

    def _expect(self, symbol: str) -> None:
        token = self._take()
        if token.text != symbol:
            found = f"'{token.text[:40]}'" if token.text else "the end"
            hint = ""
            if token.kind == "name":
                hint = f"; numbers inside are in the default unit ({self._unit}), without it"
            raise SettingsError(f"expected '{symbol}', found {found}{hint}", token.offset)

    def _number(self) -> float:
        token = self._take()
        sign = 1.0
        if token.text in ("-", "+"):
            sign = -1.0 if token.text == "-" else 1.0
            token = self._take()
        if token.kind != "number" or not math.isfinite(float(token.text)):
            found = f"'{token.text[:40]}'" if token.text else "the end"
            raise SettingsError(f"expected a finite number, found {found}", token.offset)
        return sign * float(token.text)

    def read(self) -> tuple[str, tuple[float, ...], float, float]:
        """Return kind, numbers, minimum and maximum."""
        name = self._take()
        if name.text not in FORMS:
            raise SettingsError(
                f"unknown distribution '{name.text[:40]}'; known are {', '.join(FORMS.values())}"
                f"{did_you_mean(name.text, list(FORMS))}",
                name.offset,
            )
        self._expect("(")
        numbers, limits = self._arguments()
        self._expect(")")
        self._expect("")
        return name.text, tuple(numbers), limits.get("min", -math.inf), limits.get("max", math.inf)

    def _arguments(self) -> tuple[list[float], dict[str, float]]:
        numbers: list[float] = []
        limits: dict[str, float] = {}
        while self._next().text != ")":
            token = self._next()
            if token.kind == "name":
                if token.text not in ("min", "max") or token.text in limits:
                    raise SettingsError(
                        f"'{token.text[:40]}' cannot stand here; numbers come first, then min= and max= once",
                        token.offset,
                    )
                self._take()
                self._expect("=")
                limits[token.text] = self._number()
            elif limits:
                raise SettingsError("numbers stand before min= and max=", token.offset)
            else:
                numbers.append(self._number())
            if self._next().text != ",":
                break
            self._take()
        return numbers, limits


def read_distribution(text: str, unit: str) -> tuple[str, tuple[float, ...], float, float]:
    """Return kind, numbers, minimum and maximum (infinite where not given).

    Parameters
    ----------
    text : str
        For instance ``"normal(1, 0.25, min=0)"``.
    unit : str
        Named in messages.

    Raises
    ------
    SettingsError
        With the offset of what does not fit.
    """
    return _Reader(text, unit).read()
