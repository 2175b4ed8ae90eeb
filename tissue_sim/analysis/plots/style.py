"""Fonts, colours and names shared by all plots."""

from __future__ import annotations

import re
from typing import Any

__all__ = [
    "DEAD", "LINE_CYCLE", "LINE_STYLES", "MISSING", "STYLE", "TYPE_COLOURS", "TYPE_MARKERS", "label_of",
    "unit_text",
]  # fmt: skip

STYLE: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["Arial", "Helvetica", "Liberation Sans", "DejaVu Sans"],
    "font.size": 8.0,
    "axes.titlesize": 8.0,
    "axes.labelsize": 8.0,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "legend.fontsize": 7.0,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "hatch.linewidth": 0.5,
    "mathtext.default": "regular",
    "savefig.facecolor": "white",
}

# Okabe and Ito, "Color Universal Design" (2008): distinct with any kind of colour vision.
TYPE_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#000000", "#F0E442")
TYPE_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
LINE_CYCLE = ("-", "--", ":", "-.")
LINE_STYLES = {"live": "-", "apoptotic": ":", "necrotic": "--"}
MISSING = "#F2F2F2"
DEAD = {"apoptotic": ("#FFFFFF", "....."), "necrotic": ("#A6A6A6", "//////")}
"""State -> fill and hatch: told apart without colour."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def unit_text(unit: str) -> str:
    """Return a unit as printed in papers: ``um^3`` -> µm³; a pure number -> nothing."""
    if unit in ("", "1"):
        return ""
    text = re.sub(r"\bu(?=(m|mol|M|l|L|g|s|mHg)\b)", "µ", unit)
    return re.sub(r"\^(-?[0-9]+)", lambda power: power[1].translate(_SUPERSCRIPTS), text)


def label_of(name: str, unit: str = "") -> str:
    """Return an axis label: ``hypoxia__HIF`` -> HIF (hypoxia); ``oxygen``, mmHg -> oxygen (mmHg)."""
    network, separator, species = name.partition("__")
    text = f"{species}, {network} network" if separator else name.replace("_", " ")
    unit = unit_text(unit)
    return f"{text} ({unit})" if unit else text
