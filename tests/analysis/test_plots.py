"""Pictures: what must be seen is there, for tissues of every kind."""

import json

import numpy as np
import pytest

from tissue_sim.analysis.plots import plane as planes
from tissue_sim.analysis.plots.field import draw_field
from tissue_sim.analysis.plots.figure import draw_run, run_figure
from tissue_sim.analysis.plots.measures import measure_groups
from tissue_sim.analysis.plots.scale_bar import round_length
from tissue_sim.analysis.plots.style import label_of, unit_text
from tissue_sim.analysis.plots.time_axis import time_text, time_unit
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
    assert image.shape == (328, 576, 3)
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


MEASURES = {
    "mean_HIF": "mean(network.hypoxia.HIF)",
    "spread_HIF": "std(network.hypoxia.HIF)",
    "diameter": "2*sqrt(sum(cell.radius^2))",
    "lowest_oxygen": "min(signal.oxygen)",
    "cells_of_fate_1": "count(network.hypoxia.fate == 1)",
    "cells_of_fate_2": "count(network.hypoxia.fate == 2)",
}
VALUES = {
    "mean_HIF": 0.5, "spread_HIF": 0.01, "diameter": 100.0, "lowest_oxygen": 5.0,
    "cells_of_fate_1": 3.0, "cells_of_fate_2": 4.0,
}  # fmt: skip


def measured(folder, synthetic, names, *, growing=False, columns=None, periodic=False, field=None):
    """Record a sheet of three times with measures, columns (time -> values) and a field (x -> values)."""
    grid = Grid((1, 10, 10), (20.0,) * 3, (-100.0, -100.0, -10.0), present=(True, True, False))
    kind = "periodic" if periodic else "wall"
    domain = Domain((-100.0, -100.0, -10.0), (100.0, 100.0, 10.0), (True, True, False), (kind,) * 3, grid)
    x = np.array([-98.0, 0.0, 50.0, 98.0])
    resolved = {
        "tissue_sim": 1,
        "measures": {name: MEASURES[name] for name in names},
        "record": {"columns": list(columns or {})},
    }

    def snapshot(time):
        cells = {
            "cell_id": ColumnData(np.arange(1, 5)),
            "type": ColumnData(np.zeros(4, "u2")),
            "state": ColumnData(np.zeros(4, "u1")),
            "position": ColumnData(np.stack([x, 0 * x - 97.0, 0 * x], axis=1), "um"),
            "radius": ColumnData(np.full(4, 8.0), "um"),
        }
        for name, values in (columns or {}).items():
            cells[name] = ColumnData(np.asarray(values(time), float), "min" if name == "age" else "1")
        values = np.zeros(grid.shape) + (20.0 if field is None else field(grid.centres(0)))
        return Snapshot(
            time=time,
            columns=cells,
            signals={"oxygen": ColumnData(values, "mmHg")},
            type_names=("a",),
            populations={"a/live": int(4 + (time if growing else 0)), "a/apoptotic": 0, "a/necrotic": 0},
            measures={name: VALUES[name] * (1.0 + time / 180.0) for name in names},
        )

    header = synthetic.header(domain=domain, scenario_resolved=json.dumps(resolved))
    with Recorder.create(folder, header, snapshot(0.0)) as recorder:
        recorder.write(snapshot(90.0))
        recorder.write(snapshot(180.0))
    return folder


def panels(figure):
    """Axes over time, from top to bottom."""
    return [axes for axes in figure.axes if axes.get_position().x0 > 0.5]


def test_measures_of_one_quantity_share_a_panel(tmp_path, synthetic):
    folder = measured(tmp_path / "run", synthetic, list(MEASURES))
    with open_run(folder) as run:
        groups = measure_groups(run)
    assert [(group.label, group.lines) for group in groups] == [
        ("HIF", ("mean", "spread")),
        ("diameter (µm)", ()),
        ("lowest oxygen (mmHg)", ()),
        ("cells", ("fate 1", "fate 2")),
    ]
    assert [len(group.names) for group in groups] == [2, 1, 1, 2]


@pytest.mark.parametrize("growing", [True, False])
def test_measures_take_the_room_of_populations_that_stay(tmp_path, synthetic, growing):
    folder = measured(tmp_path / "run", synthetic, ["mean_HIF", "spread_HIF", "diameter"], growing=growing)
    with open_run(folder) as run:
        figure = run_figure(run)
    labels = [axes.get_ylabel() for axes in panels(figure)]
    assert labels == (["number of cells"] if growing else []) + ["HIF", "diameter (µm)"]
    # Only the lowest panel names the time, and no line is told apart by colour alone.
    assert [axes.get_xlabel() for axes in panels(figure)] == [""] * (len(labels) - 1) + ["time (h)"]
    lines = next(axes for axes in panels(figure) if axes.get_ylabel() == "HIF").get_lines()
    assert [line.get_label() for line in lines] == ["mean", "spread"]
    assert len({line.get_linestyle() for line in lines}) == 2
    np.testing.assert_allclose(lines[0].get_ydata(), [0.5, 0.75, 1.0])
    np.testing.assert_allclose(lines[0].get_xdata(), [0.0, 1.5, 3.0])
    assert {"a", "b", "c"} | ({"d"} if growing else set()) <= texts_of(figure)


def test_without_measures_populations_are_drawn_even_if_they_stay(tmp_path, synthetic):
    with open_run(measured(tmp_path / "run", synthetic, [])) as run:
        assert [axes.get_ylabel() for axes in panels(run_figure(run))] == ["number of cells"]


@pytest.mark.parametrize(
    "names", [[], ["mean_HIF", "spread_HIF"], ["mean_HIF", "spread_HIF", "diameter", "lowest_oxygen"]]
)
def test_no_panel_overlaps_another_or_its_letter(tmp_path, synthetic, names):
    from matplotlib.text import Text

    folder = measured(
        tmp_path / "run", synthetic, names, growing=True, columns={"f__X": lambda time: range(4)}
    )
    with open_run(folder) as run:
        figure = run_figure(run)
        figure.canvas.draw()
        # The box around all of a section holds the letter's place beside the title.
        section = figure.axes[0]
        boxes = [section.patch.get_window_extent(), section.title.get_window_extent()]
        boxes += [axes.get_tightbbox() for axes in figure.axes[1:]]
        letters = [text for text in figure.findobj(Text) if text.get_text() in set("abcd")]
        boxes += [letter.get_window_extent() for letter in letters]
        inside = figure.bbox.padded(1.0)
    assert len(letters) == 1 + len(panels(figure))
    for i, one in enumerate(boxes):
        assert inside.x0 <= one.x0
        assert one.x1 <= inside.x1
        assert inside.y0 <= one.y0
        for other in boxes[i + 1 :]:
            assert not one.overlaps(other)


def test_types_are_told_apart_without_colour(tmp_path, synthetic):
    folder = tissue(tmp_path / "run", synthetic, types=("tumour", "stroma"), networks=False)
    with open_run(folder) as run:
        lines = [line for line in panels(run_figure(run))[0].get_lines() if len(line.get_xdata()) == 3]
    looks = {(line.get_marker(), line.get_linestyle()) for line in lines}
    assert len(looks) == len(lines) == 6


def test_whole_numbers_of_few_values_are_categories(tmp_path, synthetic):
    columns = {"flag__fate": lambda time: [0, 1, 2, 2] if time else [0] * 4}
    folder = measured(tmp_path / "run", synthetic, [], columns=columns)
    with open_run(folder) as run:
        figure = run_figure(run)
        first = run_figure(run, time=0)
    assert {"fate 0", "fate 1", "fate 2"} <= texts_of(figure)
    assert {"fate 0", "fate 1", "fate 2"} <= texts_of(first)
    # Grey values grow with the number.
    legend = figure.legends[0]
    handles = dict(zip((text.get_text() for text in legend.get_texts()), legend.get_patches(), strict=True))
    grey = [np.dot(handles[f"fate {i}"].get_facecolor()[:3], (0.3, 0.6, 0.1)) for i in range(3)]
    assert grey[0] + 0.2 < grey[1] < grey[2] - 0.2


def test_one_range_of_colours_holds_for_the_whole_run(tmp_path, synthetic):
    columns = {"clock__b": lambda time: np.arange(4.0) + time}
    with open_run(measured(tmp_path / "run", synthetic, [], columns=columns)) as run:
        for time in (0, 90, 180):
            bars = {axes.get_xlabel(): axes for axes in run_figure(run, time=time).axes}
            assert bars["b, clock network"].get_xlim() == pytest.approx((0.0, 183.0))


def test_few_extremes_do_not_set_the_colours(tmp_path, synthetic):
    from tissue_sim.analysis.plots.colouring import _range

    values = np.append(np.linspace(0.0, 4.0, 2000), [100.0, 200.0])
    low, high, extend = _range(values)
    assert (low, extend) == (0.0, "max")
    assert 3.9 < high < 4.0
    assert _range(np.repeat([0.01, 0.99], 50)) == (0.01, 0.99, "neither")


def test_the_first_recorded_column_colours_the_cells(tmp_path, synthetic):
    columns = {"age": lambda time: [0.0, time, 10.0, 20.5], "net__X": lambda time: [0.1, 0.2, 0.3, 0.4]}
    with open_run(measured(tmp_path / "run", synthetic, [], columns=columns)) as run:
        assert "age (h)" in texts_of(run_figure(run))
        assert "X, net network" in texts_of(run_figure(run, color="net__X"))


@pytest.mark.parametrize("periodic", [True, False])
def test_cells_on_a_periodic_face_are_seen_on_both_sides(tmp_path, synthetic, periodic):
    from matplotlib.collections import PatchCollection

    with open_run(measured(tmp_path / "run", synthetic, [], periodic=periodic)) as run:
        axes = run_figure(run).axes[0]
        boxes = [
            path.get_extents().bounds
            for item in axes.collections
            if isinstance(item, PatchCollection)
            for path in item.get_paths()
        ]
    centres = {(round(x + w / 2), round(y + h / 2)) for x, y, w, h in boxes}
    own = {(x, -97) for x in (-98, 0, 50, 98)}
    wrapped = {(x, 103) for x in (-98, 0, 50, 98)} | {(102, -97), (-102, -97), (102, 103), (-102, 103)}
    assert centres == (own | wrapped if periodic else own)


@pytest.mark.parametrize(
    ("field", "levels", "scale"),
    [
        (lambda x: 100.0 * np.exp(-(x + 100.0) / 40.0), {1.0, 2.0, 5.0, 10.0, 20.0, 50.0}, "log"),
        (lambda x: 20.0 + 0.1 * x, {12.0, 16.0, 20.0, 24.0, 28.0}, "linear"),
        (lambda x: 20.0 + 1e-4 * x, set(), "linear"),
    ],
)
def test_a_gradient_over_decades_has_a_logarithmic_scale(tmp_path, synthetic, field, levels, scale):
    from matplotlib.contour import ContourSet
    from matplotlib.figure import Figure

    axes = Figure().add_subplot()
    axes.set(xlim=(-100, 100), ylim=(-100, 100))
    with open_run(measured(tmp_path / "run", synthetic, [], field=field)) as run:
        drawn = draw_field(axes, run, "oxygen", None, planes.Plane(0, 1, 2, 0.0, cuts=False))
        bar = next(item for item in run_figure(run).axes if item.get_xlabel() == "oxygen (mmHg)")
    assert bar.get_xscale() == scale
    contours = [item for item in axes.collections if isinstance(item, ContourSet)]
    assert set().union(*(set(np.round(item.levels, 6)) for item in contours)) == levels
    assert drawn.norm.vmin < drawn.norm.vmax
    for item in contours:
        for level, path in zip(item.levels, item.get_paths(), strict=True):
            at = path.vertices[:, 0]
            assert field(at[np.abs(at) < 85.0]) == pytest.approx(level, rel=0.01)


@pytest.mark.parametrize(
    ("minutes", "unit", "text"), [(90, "min", "90 min"), (180, "h", "3 h"), (23040, "d", "16 d")]
)
def test_times_are_in_a_unit_of_their_size(minutes, unit, text):
    assert time_unit(minutes)[0] == unit
    assert time_text(minutes, minutes) == text


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
