"""The picture of a run: a section through the tissue, and the populations over time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tissue_sim.analysis.plots.line_section import draw_line_section
from tissue_sim.analysis.plots.populations import draw_populations
from tissue_sim.analysis.plots.section import Section, draw_section
from tissue_sim.analysis.plots.style import DEAD, STYLE
from tissue_sim.analysis.run import Run, open_run
from tissue_sim.errors import RunError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PICTURE", "draw_run", "run_figure"]

PICTURE = "run.png"
# Width of a two-column figure in most journals is 180 mm; inches here.
WIDTH, HEIGHT = 7.2, 3.95
SECTION = (0.012, 0.215, 0.47, 0.675)
LINE_SECTION = (0.085, 0.335, 0.395, 0.555)
POPULATIONS = (0.6, 0.125, 0.38, 0.765)
BARS_AT, BAR_WIDTH, BAR_HEIGHT = (0.02, 0.265), 0.21, 0.024
BARS_UP = 0.165


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
    right = figure.add_axes(POPULATIONS)
    draw_populations(right, run, time=minutes)
    _draw_scales(figure, section)
    cut = "" if section.height is None else f", section at z = {section.height:g} µm"
    left.set_title(f"{_hours(minutes)} h{cut}", pad=4)
    figure.text(0.5, 0.985, _short(run.header.title), ha="center", va="top", fontsize=9)
    for place, letter in ((0.012, "a"), (0.53, "b")):
        figure.text(place, 0.945, letter, fontsize=11, fontweight="bold", va="top")
    return figure


def _draw_scales(figure: Figure, section: Section) -> None:
    """Below the section: colour bars side by side, and a legend of what no bar explains."""
    bars = [(section.cells.scale, section.cells.label), (section.field, section.field_label)]
    shown = [(scale, label) for scale, label in bars if scale is not None]
    for (scale, label), left in zip(shown, BARS_AT, strict=False):
        bar = figure.colorbar(
            scale, cax=figure.add_axes((left, BARS_UP, BAR_WIDTH, BAR_HEIGHT)), orientation="horizontal"
        )
        bar.set_label(label, labelpad=1.5)
        bar.ax.locator_params(nbins=5)
        bar.outline.set_linewidth(0.5)
    handles = _legend_handles(section)
    if handles:
        figure.legend(
            handles=handles, loc="lower left", bbox_to_anchor=(BARS_AT[0] - 0.01, 0.0), frameon=False,
            ncols=4, handlelength=1.2, handleheight=1.2, columnspacing=1.2, borderaxespad=0.1,
        )  # fmt: skip


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


def _hours(minutes: float) -> str:
    return f"{minutes / 60:.4g}"


def _short(title: str, longest: int = 100) -> str:
    return title if len(title) <= longest else f"{title[: longest - 1].rstrip()}…"
