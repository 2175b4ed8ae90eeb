"""Pydantic's errors in plain words: what is wrong; what is allowed; did you mean."""

from __future__ import annotations

from typing import Any

from tissue_sim.errors import did_you_mean

__all__ = ["expected_words", "found_words", "message_of"]

_EXPECTED = {
    "model_type": "a map of keys",
    "model_attributes_type": "a map of keys",
    "dict_type": "a map of names",
    "mapping_type": "a map of names",
    "list_type": "a list",
    "tuple_type": "a list",
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "none_required": "nothing",
}
_BOUNDS = {
    "greater_than": ("too small", "more than {gt}"),
    "greater_than_equal": ("too small", "{ge} or more"),
    "less_than": ("too large", "less than {lt}"),
    "less_than_equal": ("too large", "{le} or less"),
}
_NAME_RULE = "a name begins with a letter and holds letters, digits and single underscores"


def found_words(value: Any) -> str:
    """Return what stands in the file, in a few words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value:.15g}" if abs(value) < 1e300 else "a huge number"
    if isinstance(value, str):
        return f"the text '{value[:40]}'"
    return "a list" if isinstance(value, list | tuple) else "a map"


def expected_words(error: Any) -> str | None:
    """Return what would be allowed, for an error about the kind of a value; else None."""
    if error["type"] == "literal_error":
        return str(error["ctx"]["expected"]).replace("'", "")
    return _EXPECTED.get(error["type"])


def message_of(error: Any, *, allowed: list[str]) -> str:
    """Return the message for one of pydantic's errors.

    Parameters
    ----------
    error : dict
        One of ``ValidationError.errors()``.
    allowed : list of str
        The keys of the settings model that it is about.
    """
    kind, context, value = error["type"], error.get("ctx") or {}, error["input"]
    step = error["loc"][-1] if error["loc"] else ""
    if kind == "missing":
        return f"the key '{step}' is missing"
    if kind == "extra_forbidden":
        known = f"; allowed are {', '.join(allowed)}" if allowed else ""
        return f"unknown key '{str(step)[:40]}'{known}{did_you_mean(str(step), allowed)}"
    if "message" in context:
        return str(context["message"])
    if "error" in context:
        return str(getattr(context["error"], "message", context["error"]))
    if kind == "literal_error":
        return _literal(value, str(context["expected"]))
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, found {found_words(value)}"
    if kind in _BOUNDS:
        what, bound = _BOUNDS[kind]
        return f"{value} is {what}; allowed is {bound.format(**context)}"
    return _other(kind, context, value) or str(error["msg"])


def _literal(value: Any, expected: str) -> str:
    words = [word.strip("' ") for part in expected.split(",") for word in part.split(" or ")]
    listed = ", ".join(word for word in words if word)
    if not isinstance(value, str):
        return f"expected one of {listed}, found {found_words(value)}"
    return f"'{value[:40]}' is not known here; allowed are {listed}{did_you_mean(value, words)}"


def _other(kind: str, context: Any, value: Any) -> str:
    if kind in ("too_short", "too_long"):
        bound = context.get("min_length") if kind == "too_short" else context.get("max_length")
        least = "at least" if kind == "too_short" else "at most"
        return f"expected {least} {bound} items, found {len(value)}"
    if kind == "string_pattern_mismatch":
        return f"'{value[:40]}' is not a name; {_NAME_RULE}"
    if kind == "string_too_long":
        return f"the text is longer than {context['max_length']} characters"
    if kind == "string_too_short":
        return "the text is empty"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return (
            f"expected one of {context.get('expected_tags', 'the allowed forms')}, found {found_words(value)}"
        )
    return ""
