"""A scale bar of a round length."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_scale_bar", "round_length"]

PART_OF_WIDTH = 0.25
BELOW = 0.09
"""Inches below the frame."""


def round_length(wanted: float) -> float:
    """Return the largest of 1, 2, 5, 10, 20, 50, ... that is not above `wanted`."""
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(factor * power for factor in (5.0, 2.0, 1.0) if factor * power <= wanted * (1 + 1e-9))


def draw_scale_bar(axes: Axes) -> None:
    """Draw a bar below the right corner, where it hides no cell; the limits (um) are already set."""
    from matplotlib.transforms import ScaledTranslation, blended_transform_factory

    left, right = axes.get_xlim()
    length = round_length(PART_OF_WIDTH * (right - left))
    figure = axes.figure
    down = ScaledTranslation(0.0, -BELOW, figure.dpi_scale_trans)
    place = blended_transform_factory(axes.transData, axes.transAxes) + down
    axes.plot(
        [right - length, right], [0.0, 0.0], color="black", linewidth=2.0, solid_capstyle="butt", zorder=10,
        transform=place, clip_on=False, scalex=False, scaley=False,
    )  # fmt: skip
    axes.annotate(
        f"{length:g} µm", (right - length, 0.0), (-3.0, 0.0), xycoords=place, textcoords="offset points",
        ha="right", va="center", annotation_clip=False,
    )  # fmt: skip
