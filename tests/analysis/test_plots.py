"""Pictures: what must be seen is there, for tissues of every kind."""

import numpy as np
import pytest

from tissue_sim.analysis.plots import plane as planes
from tissue_sim.analysis.plots.figure import draw_run, run_figure
from tissue_sim.analysis.plots.scale_bar import round_length
from tissue_sim.analysis.plots.style import label_of, unit_text
from tissue_sim.analysis.run import open_run
from tissue_sim.errors import RunError
from tissue_sim.recorder.recorder import Recorder
from tissue_sim.tissue.domain import Domain, Grid
from tissue_sim.tissue.snapshot import ColumnData, Snapshot

STATES = ("live", "apoptotic", "necrotic")


def tissue(folder, synthetic, *, present=(1, 1, 1), cells=60, signals=True, networks=True, types=("tumour",)):
    """Record a tissue of any dimension with a gradient along x."""
    size = np.where(present, 200.0, 20.0)
    shape = tuple(int(length / 20) for length in size[::-1])
    flags = tuple(bool(flag) for flag in present)
    grid = Grid(shape, (20.0, 20.0, 20.0), tuple(-size / 2), present=flags)
    domain = Domain(tuple(-size / 2), tuple(size / 2), flags, ("wall",) * 3, grid if signals else None)
    rng = np.random.default_rng(0)

    def snapshot(time):
        state = (np.arange(cells) % 7 % 3).astype("u1")
        kind = (np.arange(cells) % len(types)).astype("u2")
        columns = {
            "cell_id": ColumnData(np.arange(1, cells + 1)),
            "type": ColumnData(kind),
            "state": ColumnData(state),
            "position": ColumnData(rng.uniform(-90, 90, (cells, 3)) * present, "um"),
            "radius": ColumnData(np.full(cells, 8.0), "um"),
        }
        if networks:
            columns["hypoxia__HIF"] = ColumnData(np.where(kind == 0, rng.random(cells), np.nan))
        fields = {"oxygen": ColumnData(20 + 0.1 * grid.centres(0) + np.zeros(shape), "mmHg")}
        return Snapshot(
            time=time,
            columns=columns,
            signals=fields if signals else {},
            type_names=types,
            populations={
                f"{name}/{label}": int(np.sum((kind == i) & (state == j)))
                for i, name in enumerate(types)
                for j, label in enumerate(STATES)
            },
        )

    with Recorder.create(
        folder, synthetic.header(domain=domain, title="A tissue"), snapshot(0.0)
    ) as recorder:
        recorder.write(snapshot(90.0))
        recorder.write(snapshot(180.0))
    return folder


def picture(path):
    from matplotlib.image import imread

    return imread(path)[..., :3]


def colours_in(image):
    return len(np.unique((image.reshape(-1, 3) * 31).astype(int), axis=0))


@pytest.mark.parametrize(
    "kind",
    [
        {},
        {"present": (1, 1, 0)},
        {"present": (1, 0, 1)},
        {"present": (1, 0, 0)},
        {"present": (1, 0, 0), "signals": False, "networks": False},
        {"signals": False},
        {"networks": False},
        {"signals": False, "networks": False, "types": ("tumour", "stroma", "immune")},
        {"cells": 0},
        {"cells": 0, "signals": False, "networks": False},
        {"cells": 1, "present": (1, 1, 0)},
    ],
    ids=lambda kind: ",".join(f"{key}={value}" for key, value in kind.items()) or "all",
)
def test_a_picture_of_every_kind_of_tissue(tmp_path, synthetic, kind):
    folder = tissue(tmp_path / "run", synthetic, **kind)
    with np.errstate(all="raise", under="ignore"):
        path = draw_run(folder, dpi=80)
    assert path == folder / "run.png"
    image = picture(path)
    assert image.shape == (316, 576, 3)
    drawn = (image < 0.95).any(axis=2)
    # Both halves show something, and the margin is free: nothing is cut off.
    assert drawn[:, :280].mean() > 0.01
    assert drawn[:, 300:].mean() > 0.01
    for edge in (drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]):
        assert not edge.any()
    if kind.get("cells", 60) > 1 and kind.get("networks", True) and kind.get("present") != (1, 0, 0):
        assert colours_in(image[:, :280]) > 60


def texts_of(figure):
    from matplotlib.text import Text

    return {text.get_text() for text in figure.findobj(Text)}


def test_labels_units_time_and_states_are_written(tmp_path, synthetic):
    folder = tissue(tmp_path / "run", synthetic)
    with open_run(folder) as run:
        texts = texts_of(run_figure(run, time=90))
    assert {
        "a", "b", "A tissue", "oxygen (mmHg)", "HIF, hypoxia network", "time (h)", "number of cells",
        "apoptotic", "necrotic", "20 µm", "1.5 h, section at z = 0 µm", "tumour, live",
    } <= texts  # fmt: skip


def test_nothing_overlaps(tmp_path, synthetic):
    folder = tissue(tmp_path / "run", synthetic)
    with open_run(folder) as run:
        figure = run_figure(run)
        figure.canvas.draw()
        boxes = [axes.get_tightbbox() for axes in figure.axes] + [figure.legends[0].get_window_extent()]
    for i, one in enumerate(boxes):
        for other in boxes[i + 1 :]:
            assert not one.overlaps(other)


def test_cells_are_drawn_as_they_are_cut(tmp_path, synthetic):
    from matplotlib.collections import PatchCollection

    folder = tissue(tmp_path / "run", synthetic, cells=200)
    with open_run(folder) as run:
        cells = run.cells()
        collections = [
            item for item in run_figure(run).axes[0].collections if isinstance(item, PatchCollection)
        ]
    met = cells[np.abs(cells["z"]) < 8.0]
    radii = np.sqrt(64.0 - met["z"].astype(float) ** 2)
    boxes = np.array([path.get_extents().bounds for item in collections for path in item.get_paths()])
    drawn = sorted(map(tuple, np.round(boxes[:, :2] + boxes[:, 2:] / 2, 3)))
    assert drawn == sorted(map(tuple, np.round(met[["x", "y"]].to_numpy(float), 3)))
    np.testing.assert_allclose(np.sort(boxes[:, 2] / 2), np.sort(radii), rtol=1e-5)
    hatches = [item.get_hatch() for item in collections]
    assert hatches[0] is None
    assert len(set(hatches)) == 3


def test_a_field_is_cut_between_the_voxels(synthetic):
    grid = Grid((4, 2, 3), (10.0, 10.0, 10.0), (-15.0, -10.0, -20.0))
    z = grid.centres(2)[:, None, None] + np.zeros(grid.shape)
    for height in (-17.0, -15.0, 0.0, 3.0, 19.0):
        plane = planes.Plane(0, 1, 2, height, cuts=True)
        section = planes.cut_field(z, grid, plane)
        assert section.shape == (2, 3)
        np.testing.assert_allclose(section, np.clip(height, -15.0, 15.0))
    rows = planes.cut_field(z, grid, planes.Plane(0, 2, 1, 0.0, cuts=False))
    np.testing.assert_array_equal(rows, np.repeat(grid.centres(2)[:, None], 3, axis=1))


def test_the_choice_of_colour_and_signal(tmp_path, synthetic):
    folder = tissue(tmp_path / "run", synthetic, types=("tumour", "stroma"))
    with open_run(folder) as run:
        assert "radius (µm)" in texts_of(run_figure(run, color="radius"))
        assert {"tumour", "stroma"} <= texts_of(run_figure(run, color="type"))
        with pytest.raises(
            RunError, match="cannot be coloured by 'hypoxia__HIV'; did you mean 'hypoxia__HIF'"
        ):
            run_figure(run, color="hypoxia__HIV")
        with pytest.raises(RunError, match="no signal 'VEGF' was recorded"):
            run_figure(run, signal="VEGF")
        with pytest.raises(RunError, match="no snapshot at 999 min"):
            run_figure(run, time=999)


def test_a_picture_that_cannot_be_written(tmp_path, synthetic):
    folder = tissue(tmp_path / "run", synthetic, present=(1, 1, 0))
    with pytest.raises(RunError, match=r"cannot write the picture .*missing"):
        draw_run(folder, output=tmp_path / "missing" / "x.png")
    with pytest.raises(RunError, match=r"cannot write the picture .*x.docx"):
        draw_run(folder, output=tmp_path / "x.docx")
    assert draw_run(folder, output=tmp_path / "x.pdf").read_bytes().startswith(b"%PDF")


def test_drawing_leaves_matplotlib_as_it_was(tmp_path, synthetic):
    import sys

    import matplotlib as mpl

    folder = tissue(tmp_path / "run", synthetic, present=(1, 1, 0))
    before = dict(mpl.rcParams)
    loaded = "matplotlib.pyplot" in sys.modules
    draw_run(folder, dpi=50)
    assert dict(mpl.rcParams) == before
    assert ("matplotlib.pyplot" in sys.modules) == loaded


@pytest.mark.parametrize(("wanted", "length"), [(100, 100), (99.9, 50), (130, 100), (1.0, 1), (0.03, 0.02)])
def test_scale_bars_are_round(wanted, length):
    assert round_length(wanted) == pytest.approx(length)


def test_units_are_printed_as_in_papers():
    assert unit_text("um^3") == "µm³"
    assert unit_text("umol/l") == "µmol/l"
    assert unit_text("1/min") == "1/min"
    assert unit_text("um^-2") == "µm⁻²"
    assert unit_text("1") == ""
    assert unit_text("unit/min") == "unit/min"
    assert label_of("hypoxia__HIF") == "HIF, hypoxia network"
    assert label_of("cell_age", "min") == "cell age (min)"
