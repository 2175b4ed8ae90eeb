"""The picture of a run: a section through the tissue; beside it populations and measures over time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tissue_sim.analysis.plots.line_section import draw_line_section
from tissue_sim.analysis.plots.section import Section, draw_section
from tissue_sim.analysis.plots.style import DEAD, STYLE
from tissue_sim.analysis.plots.time_axis import time_text
from tissue_sim.analysis.plots.time_courses import draw_time_courses
from tissue_sim.analysis.run import Run, open_run
from tissue_sim.errors import RunError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PICTURE", "draw_run", "run_figure"]

PICTURE = "run.png"
# Width of a two-column figure in most journals is 180 mm; inches here.
WIDTH, HEIGHT = 7.2, 4.1
SECTION = (0.012, 0.24, 0.47, 0.655)
LINE_SECTION = (0.085, 0.35, 0.395, 0.545)
COURSES = (0.625, 0.115, 0.355, 0.8)
BARS_AT, BAR_WIDTH, BAR_HEIGHT = (0.025, 0.27), 0.21, 0.022
BARS_UP = 0.15
TICK_CHARACTER = 0.058
"""Inches that a digit below a colour bar takes."""
LETTER_AT, LETTER_UP = 0.508, 0.02


def draw_run(
    run: Run | str | Path,
    *,
    time: float | str | None = None,
    color: str | None = None,
    signal: str | None = None,
    output: str | Path | None = None,
    dpi: int = 200,
) -> Path:
    """Draw a run into a file and return its path.

    Parameters
    ----------
    run : Run or path
        A run, its folder or its `run.h5`.
    time : float or str, optional
        Time of the section, min or text with a unit; the last snapshot by default.
    color : str, optional
        Column that colours the cells.
    signal : str, optional
        Signal behind the cells.
    output : path, optional
        ``run.png`` in the run folder by default; the ending decides the format.
    dpi : int
        Dots per inch.

    Raises
    ------
    RunError
        Unknown time, column or signal; or the file cannot be written.
    """
    if not isinstance(run, Run):
        with open_run(run) as opened:
            return draw_run(opened, time=time, color=color, signal=signal, output=output, dpi=dpi)
    from matplotlib import rc_context

    path = run.folder / PICTURE if output is None else Path(output)
    figure = run_figure(run, time=time, color=color, signal=signal)
    try:
        with rc_context(STYLE):
            figure.savefig(path, dpi=dpi)
    except (OSError, ValueError) as error:
        raise RunError(f"cannot write the picture {path}: {error}") from error
    return path


def run_figure(
    run: Run, *, time: float | str | None = None, color: str | None = None, signal: str | None = None
) -> Figure:
    """Return the figure itself, to be changed or saved; parameters as for `draw_run`."""
    from matplotlib import rc_context

    with rc_context(STYLE):
        return _figure(run, time, color, signal)


def _figure(run: Run, time: float | str | None, color: str | None, signal: str | None) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    minutes = float(run.times[run.step_at(time)])
    figure = Figure(figsize=(WIDTH, HEIGHT))
    FigureCanvasAgg(figure)
    domain = run.header.domain
    if domain is not None and domain.dimensions == 1:
        left = figure.add_axes(LINE_SECTION)
        section = draw_line_section(left, run, time=time, color=color, signal=signal)
    else:
        left = figure.add_axes(SECTION)
        section = draw_section(left, run, time=time, color=color, signal=signal)
    courses = draw_time_courses(figure, run, COURSES, minutes)
    _draw_scales(figure, section)
    cut = "" if section.height is None else f", section at z = {section.height:g} µm"
    duration = float(run.times[-1] - run.times[0])
    left.set_title(f"{time_text(minutes, duration)}{cut}", pad=4)
    figure.text(0.5, 0.985, _short(run.header.title), ha="center", va="top", fontsize=9)
    places = [(0.012, 0.945), *((LETTER_AT, axes.get_position().y1 + LETTER_UP) for axes in courses)]
    for (x, y), letter in zip(places, "abcdefgh", strict=False):
        figure.text(x, y, letter, fontsize=11, fontweight="bold", va="top")
    return figure


def _draw_scales(figure: Figure, section: Section) -> None:
    """Below the section: colour bars side by side, and a legend of what no bar explains."""
    from matplotlib.ticker import FuncFormatter

    bars = [
        (section.cells.scale, section.cells.label, section.cells.extend),
        (section.field, section.field_label, "neither"),
    ]
    shown = [(scale, label, extend) for scale, label, extend in bars if scale is not None]
    for (scale, label, extend), left in zip(shown, BARS_AT, strict=False):
        bar = figure.colorbar(
            scale, cax=figure.add_axes((left, BARS_UP, BAR_WIDTH, BAR_HEIGHT)), orientation="horizontal",
            extend=extend,
        )  # fmt: skip
        bar.set_label(label, labelpad=1.5)
        if bar.ax.get_xscale() == "linear":
            bar.ax.locator_params(nbins=_most_ticks(*bar.ax.get_xlim()))
        else:
            bar.formatter = FuncFormatter(lambda value, _: f"{value:g}")
        bar.outline.set_linewidth(0.5)
    handles = _legend_handles(section)
    if handles:
        figure.legend(
            handles=handles, loc="lower left", bbox_to_anchor=(BARS_AT[0] - 0.01, 0.0), frameon=False,
            ncols=4, handlelength=1.2, handleheight=1.2, columnspacing=1.2, borderaxespad=0.1,
        )  # fmt: skip


def _most_ticks(low: float, high: float) -> int:
    """Return how many ticks a colour bar has room for, by the length of their numbers."""
    from matplotlib.ticker import MaxNLocator

    room = BAR_WIDTH * WIDTH / TICK_CHARACTER
    for number in (5, 4, 3):
        ticks = [tick for tick in MaxNLocator(number).tick_values(low, high) if low <= tick <= high]
        if sum(len(f"{tick:g}") + 2 for tick in ticks) <= room:
            return number
    return 2


def _legend_handles(section: Section) -> list[object]:
    from matplotlib.patches import Patch

    handles: list[object] = [
        Patch(facecolor=colour, edgecolor="0.1", linewidth=0.4, label=kind)
        for kind, colour in section.cells.entries.items()
    ]
    for state in section.states:
        fill, hatch = DEAD[state]
        handles.append(Patch(facecolor=fill, edgecolor="0.25", hatch=hatch, linewidth=0.4, label=state))
    return handles


def _short(title: str, longest: int = 100) -> str:
    return title if len(title) <= longest else f"{title[: longest - 1].rstrip()}…"
