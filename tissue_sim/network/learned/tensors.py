"""Constant tensors of an ONNX file as arrays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from tissue_sim.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["array_of", "shown"]

MOST_VALUES = 1 << 22
_PLAIN = re.compile(r"[^\w ./:\-]")


def shown(name: Any) -> str:
    """Return a name of a file as a message may carry it."""
    text = _PLAIN.sub("?", str(name))
    return f"'{text[:60]}'" if text else "without a name"


def array_of(tensor: Any, what: str) -> np.ndarray:
    """Return a constant tensor as float64 array.

    Parameters
    ----------
    tensor : onnx.TensorProto
    what : str
        Names it in messages.

    Raises
    ------
    SettingsError
        External data, numbers that are no floats, a shape that does not fit, values that are not finite.
    """
    from onnx import TensorProto, numpy_helper

    if tensor.data_location == TensorProto.EXTERNAL or len(tensor.external_data):
        raise SettingsError(f"{what} keeps its data in another file; save the model as one file")
    if tensor.HasField("segment"):
        raise SettingsError(f"{what} is a part of a tensor; save it whole")
    types = {TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16}
    if tensor.data_type not in types:
        raise SettingsError(f"{what} holds no floating-point numbers (type {tensor.data_type})")
    _check_shape(tensor.dims, what)
    try:
        values = np.array(numpy_helper.to_array(tensor), dtype=np.float64)
    except (ValueError, TypeError, OverflowError, MemoryError) as error:
        raise SettingsError(f"{what} does not hold as many numbers as its shape says") from error
    if not np.isfinite(values).all():
        raise SettingsError(f"{what} holds values that are not finite")
    return values


def _check_shape(dims: Iterable[int], what: str) -> None:
    shape = tuple(int(length) for length in dims)
    size = 1
    for length in shape:
        size *= length
        if length < 1 or size > MOST_VALUES:
            raise SettingsError(
                f"{what} has the shape {list(shape[:8])}; allowed are 1 to {MOST_VALUES} numbers"
            )
