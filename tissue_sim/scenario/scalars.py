"""Plain scalars as the core schema of YAML 1.2 reads them (https://yaml.org/spec/1.2.2/#103-core-schema).

So ``1e-3`` is a number, ``yes`` and ``on`` are text. Numbers must be finite.
"""

from __future__ import annotations

import math
import re

from tissue_sim.errors import SettingsError

__all__ = ["read_plain"]

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LONGEST_NUMBER = 400


def read_plain(text: str) -> str | int | float | bool | None:
    """Return the value of a plain scalar.

    Raises
    ------
    SettingsError
        A number that is not finite or is absurdly long.
    """
    if text in _NULL:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if text[0] not in "+-.0123456789":
        return text
    if _NOT_FINITE.fullmatch(text):
        raise SettingsError(f"'{text}' is not a finite number; every number must be finite")
    return _number(text)


def _number(text: str) -> str | int | float:
    base = 10 if _INTEGER.fullmatch(text) else 8 if _OCTAL.fullmatch(text) else 0
    if base == 0 and _HEXADECIMAL.fullmatch(text):
        base = 16
    if base == 0 and not _FLOAT.fullmatch(text):
        return text
    if len(text) > _LONGEST_NUMBER:
        raise SettingsError(f"the number {text[:20]}... has {len(text)} characters; write it as 1e6")
    if base:
        whole = int(text, base)
        if whole.bit_length() > 1023:
            raise SettingsError(f"{text[:20]}... is too large; every number must be finite")
        return whole
    number = float(text)
    if not math.isfinite(number):
        raise SettingsError(f"{text} is too large; every number must be finite")
    return number
