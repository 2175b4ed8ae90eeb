"""Attachments and basement membranes as a scenario names them: keys, mistakes, warnings, runs."""

from __future__ import annotations

import jsonschema
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.contour import ContourSet

from tissue_sim import open_run, run
from tissue_sim.analysis.plots.section import draw_section
from tissue_sim.cli import main
from tissue_sim.errors import ScenarioError
from tissue_sim.scenario.describe import describe
from tissue_sim.scenario.json_schema import behaviours_text, scenario_schema
from tissue_sim.scenario.positions import Source
from tissue_sim.scenario.reader import read_nodes
from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.scenario.to_plain import to_plain
from tissue_sim.simulation import Simulation

DUCT = """\
tissue_sim: 1
title: Epithelium in a duct
seed: 3
duration: 4 h
steps:
  mechanics: 0.5 min
record:
  every: 1 h
domain:
  size: [400, 200, 200]
  boundary: [periodic, open, open]
basement_membranes:
  - cylinder:
      axis: [1, 0, 0]
      radius: 50 um
cell_types:
  epithelial:
    cycle:
      model: live
      rate: 0.002 /min
    death:
      apoptosis:
        rate: 0.0005 /min
        duration: 1 h
    mechanics:
      attachments:
        rate: 6 /h
        breaking_rate: 0.02 /min
        stiffness: 0.01 /min
        maximum: 6
        rest_length: 0.9
        breaking_length: 1.5
        affinity:
          loose: 0.2
      basement_membrane:
        repulsion: 10 um/min
        adhesion: 600 um/h
        adhesion_distance: 1.25
    rules:
      - cell.attachments decreases death.apoptosis.rate to 0 with half_max 2, hill 4
  loose:
    like: epithelial
    mechanics:
      attachments:
        rate: 0
initial:
  - type: epithelial
    ball:
      center: [0, 0, 0]
      radius: 40
measures:
  bonds: mean(cell.attachments)
  nearest: min(cell.membrane_distance)
"""
DUCT = DUCT.replace("adhesion: 600 um/h", "adhesion: 60 um/h")


def changed(old, new):
    assert DUCT.count(old) == 1, f"{old!r} stands {DUCT.count(old)} times"
    return DUCT.replace(old, new)


def test_the_keys_arrive_in_default_units():
    mechanics = load_scenario_text(DUCT).settings.cell_types["epithelial"].mechanics
    assert mechanics.attachments.model_dump() == {
        "rate": pytest.approx(0.1), "breaking_rate": 0.02, "stiffness": 0.01, "maximum": 6,
        "rest_length": 0.9, "breaking_length": 1.5, "affinity": {"loose": 0.2},
    }  # fmt: skip
    assert mechanics.basement_membrane.model_dump() == {
        "repulsion": 10.0, "adhesion": pytest.approx(1.0), "adhesion_distance": 1.25,
    }  # fmt: skip
    loose = load_scenario_text(DUCT).settings.cell_types["loose"].mechanics.attachments
    assert (loose.rate, loose.maximum) == (0.0, 6)


def test_the_schema_and_the_lists_know_the_keys():
    validator = jsonschema.Draft202012Validator(scenario_schema())
    nodes = to_plain(read_nodes(Source("s.yaml", DUCT)).root)
    assert [error.message for error in validator.iter_errors(nodes)] == []
    nodes["basement_membranes"][0]["cylinder"]["raduis"] = 3
    assert list(validator.iter_errors(nodes))
    for name in ("attachments.rate", "attachments.breaking_rate", "attachments.stiffness",
                 "basement_membrane.repulsion", "basement_membrane.adhesion"):  # fmt: skip
        assert f"mechanics.{name}" in behaviours_text()
    text = describe(load_scenario_text(DUCT))
    assert "physicell; attachments of epithelial, loose; basement membranes: cylinder" in text


MISTAKES = [  # @ stands before the place that is shown
    ("maximum: 6", "maximum: @6.5", "whole number"),
    ("maximum: 6", "@most: 6", "unknown key 'most'; allowed are rate, breaking_rate, stiffness, maximum"),
    ("rate: 6 /h", "rate: @6 um", "wrong dimension; expected a quantity in 1/min"),
    ("loose: 0.2", "@lose: 0.2", "no cell type 'lose'; known are epithelial, loose; did you mean 'loose'"),
    ("adhesion: 60 um/h", "adhesion: @60 mmHg", "wrong dimension; expected a quantity in um/min"),
    ("cylinder:", "@cylindr:", "allowed are box, cylinder, plane, sphere; did you mean 'cylinder'"),
    ("- cylinder:", "- @sphere: {radius: 5}\n    cylinder:", "found cylinder and sphere"),
    ("cylinder:\n      axis: [1, 0, 0]", "cylinder:\n      @axis: [0, 0, 0]", "`axis` must not be zero"),
    ("cylinder:\n      axis: [1, 0, 0]", "cylinder:\n      @axis: [1, 1, 0]", "the x axis is periodic"),
    ("radius: 50 um", "radius: @0 um", "allowed is more than 0"),
    ("title: Epi", "columns: {@attachments: {initial: 0}}\ntitle: Epi", "is a column of attachments"),
]


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES)
def test_mistakes_are_located(old, new, message):
    text = changed(old, new)
    before = text[: text.index("@")]
    place = f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    with pytest.raises(ScenarioError, match=r"s\.yaml") as caught:
        load_scenario_text(text.replace("@", ""), name="s.yaml")
    found = {f"{each.line}:{each.column}": each.message for each in caught.value.problems}
    assert place in found, found
    assert message in found[place]


def test_a_spring_at_rest_must_not_break():
    with pytest.raises(ScenarioError, match=r"breaking_length \(0.9\) must be larger than rest_length"):
        load_scenario_text(changed("breaking_length: 1.5", "breaking_length: 0.9"))


def test_a_duct_along_x_is_a_strip_in_two_dimensions():
    text = changed("size: [400, 200, 200]\n  boundary: [periodic, open, open]", "size: [400, 200]")
    assert load_scenario_text(text).domain.dimensions == 2


def test_a_membrane_across_a_missing_axis_is_a_mistake():
    text = changed("size: [400, 200, 200]\n  boundary: [periodic, open, open]", "size: [400, 200]")
    for shape in ("plane: {normal: [0, 1, 1]}", "sphere: {center: [0, 0, 3], radius: 90}"):
        wrong = text.replace("cylinder:\n      axis: [1, 0, 0]\n      radius: 50 um", shape)
        with pytest.raises(ScenarioError, match="the tissue has no z axis, along which this"):
            load_scenario_text(wrong)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("radius: 50 um", "radius: 30 um", "lie beyond basement membrane 0 (cylinder), the first at ["),
        ("radius: 50 um", "radius: 50 um\n      side: outside", "cells lie beyond basement membrane 0"),
        ("adhesion: 60 um/h", "adhesion: 10", "adhesion (10 um/min) is not below repulsion (10)"),
        ("mechanics: 0.5 min", "mechanics: 1 min", "cells jitter at basement membranes with a"),
        ("stiffness: 0.01 /min", "stiffness: 1 /min", "the springs of attachments jitter"),
        ("maximum: 6", "maximum: 0", "no effect: the cells' `maximum` of attachments is 0"),
    ],
)  # fmt: skip
def test_what_may_not_be_meant_is_told(old, new, message):
    assert not [one for one in load_scenario_text(DUCT).warnings if message in one]
    assert [one for one in load_scenario_text(changed(old, new)).warnings if message in one]


def test_a_strength_without_membranes_is_told():
    cut = DUCT[DUCT.index("basement_membranes:") : DUCT.index("cell_types:")]
    text = DUCT.replace(cut, "").replace("  nearest: min(cell.membrane_distance)\n", "")
    assert any(
        "no effect: there are no `basement_membranes`" in one for one in load_scenario_text(text).warnings
    )
    text = text.replace("mean(cell.attachments)", "mean(cell.membrane_distance)")
    with pytest.raises(ScenarioError, match="membrane_distance"):
        load_scenario_text(text)


def test_a_run_records_columns_and_goes_on_after_its_state(tmp_path):
    (tmp_path / "duct.yaml").write_text(DUCT)
    run(tmp_path / "duct.yaml", output=tmp_path / "out")
    recorded = open_run(tmp_path / "out")
    cells = recorded.cells("4 h")
    figure, axes = plt.subplots()
    draw_section(axes, recorded)
    (line,) = [one for one in axes.collections if isinstance(one, ContourSet)]
    outline = np.concatenate([path.vertices for path in line.get_paths()])
    assert np.abs(outline[:, 1]) == pytest.approx(np.full(len(outline), 50.0), abs=1e-6)
    plt.close(figure)
    assert cells["attachments"].max() <= 6
    assert cells["attachments"].sum() > len(cells)
    assert cells["attachments"].sum() % 2 == 0
    radial = np.hypot(cells["y"], cells["z"])
    assert np.asarray(cells["membrane_distance"]) == pytest.approx(50.0 - radial, abs=0.3)
    assert len(cells) > 60
    scenario = load_scenario_text(DUCT)
    whole, half = Simulation(scenario), Simulation(scenario)
    for _ in range(200):
        whole.step()
    half.restore(whole.state())
    for _ in range(150):
        whole.step()
        half.step()
    first, second = whole.state(), half.state()
    assert first.keys() == second.keys()
    assert all(
        np.array_equal(first[name], second[name], equal_nan=True)
        for name in first
        if first[name].dtype.kind == "f"
    )
    assert np.array_equal(first["process/attachments/pairs"], second["process/attachments/pairs"])
    assert len(first["process/attachments/pairs"]) > 50


def test_an_intervention_loosens_the_attachments():
    text = DUCT + (
        "interventions:\n  - {at: 2 h, set: {cell_types.epithelial.mechanics.attachments.breaking_rate: 100, "
        "cell_types.epithelial.mechanics.attachments.rate: 0}}\n"
    )
    bonds = [snapshot.measures["bonds"] for snapshot in Simulation(load_scenario_text(text))]
    assert bonds[1] > 1.0
    assert bonds[3:] == [0.0, 0.0]


@pytest.mark.parametrize("rate", ["6 /h", "0"])
def test_a_resumed_run_is_the_whole_run(rate, tmp_path):
    (tmp_path / "duct.yaml").write_text(DUCT.replace("rate: 6 /h", f"rate: {rate}"))
    words = [str(tmp_path / "duct.yaml"), "--quiet", "--no-picture", "--set"]
    assert main(["run", *words, "duration=2 h", "--output", str(tmp_path / "whole")]) == 0
    assert main(["run", *words, "duration=1 h", "--output", str(tmp_path / "parts")]) == 0
    assert main(["resume", str(tmp_path / "parts"), "--quiet", "--no-picture", "--set", "duration=2 h"]) == 0
    whole, parts = (open_run(tmp_path / name).cells("2 h") for name in ("whole", "parts"))
    assert whole.equals(parts)
    assert (whole["attachments"].max() > 0) == (rate != "0")
