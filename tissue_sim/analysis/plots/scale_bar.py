"""A scale bar of a round length."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_scale_bar", "round_length"]

PART_OF_WIDTH = 0.25


def round_length(wanted: float) -> float:
    """Return the largest of 1, 2, 5, 10, 20, 50, ... that is not above `wanted`."""
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(factor * power for factor in (5.0, 2.0, 1.0) if factor * power <= wanted * (1 + 1e-9))


def draw_scale_bar(axes: Axes) -> None:
    """Draw a bar in the lower left corner; the limits of the axes (um) are already set."""
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    length = round_length(PART_OF_WIDTH * (right - left))
    x, y = left + 0.04 * (right - left), bottom + 0.04 * (top - bottom)
    axes.plot([x, x + length], [y, y], color="black", linewidth=2.0, solid_capstyle="butt", zorder=10)
    # The text's white box hides contours behind bar and text alike.
    axes.text(
        x + length / 2, y + 0.018 * (top - bottom), f"{length:g} µm", ha="center", va="bottom", zorder=9,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 2.0},
    )  # fmt: skip
