"""The pages on signals and mechanics have every key with its default; what they say is refused is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from tissue_sim.errors import TissueSimError
from tissue_sim.mechanics.attachment_settings import AttachmentSettings
from tissue_sim.mechanics.basement_membrane_settings import MembraneContactSettings
from tissue_sim.mechanics.integrator import integrators
from tissue_sim.mechanics.law import laws
from tissue_sim.mechanics.membrane_shape import shapes
from tissue_sim.mechanics.own_law import OwnLawMechanics
from tissue_sim.mechanics.settings import MODELS, MotilitySettings
from tissue_sim.scenario.json_schema import all_behaviours
from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.signals.boundaries.boundary import registered
from tissue_sim.signals.face_settings import BoundarySettings
from tissue_sim.signals.ledger import LINES
from tissue_sim.signals.regions import Region
from tissue_sim.signals.settings import (
    MODES,
    ExchangeSettings,
    FixedSettings,
    MembraneSettings,
    SaturatingUptake,
    SignalSettings,
    SourceSettings,
)
from tissue_sim.tissue.domain import BoundaryKind

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from tissue_sim.tissue.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
NAMES = ("signals.md", "mechanics.md")
TEXTS = {name: (DOCS / name).read_text(encoding="utf-8") for name in NAMES}
SIGNALS, MECHANICS = TEXTS.values()
LONGEST_PAGE = 200
WIDEST_LINE = 120


def table(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the rows of the table whose first heading is given."""
    (rows,) = re.findall(rf"^\| {re.escape(heading)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows.splitlines()]


def names_in(cell: str) -> list[str]:
    return re.findall(r"`([\w.]+)`", cell)


def described(text: str, heading: str) -> dict[str, str]:
    """Return key -> default of a table of keys; a row may be of several."""
    return {key: row[2] for row in table(text, heading) for key in names_in(row[0])}


def shown(field: FieldInfo) -> str:
    """Return a field's default as the pages have it."""
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True)
    value = getattr(value, "value", value)
    if value is None or value == {}:
        return "none"
    return f"{value:.3g}" if isinstance(value, (int, float)) else str(value)


def keys_of(*models: type[Settings]) -> dict[str, str]:
    return {field.alias or key: shown(field) for each in models for key, field in each.model_fields.items()}


# --- every key with its default -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "heading", "models", "otherwise"),
    [
        (SIGNALS, "key", (SignalSettings,), {"diffusion": "needed", "boundary": "closed"}),
        (SIGNALS, "key of `sources`", (SourceSettings,), {}),
        (SIGNALS, "key of `fixed`", (FixedSettings,), {}),
        (MECHANICS, "key of `motility`", (MotilitySettings,), {}),
        (MECHANICS, "key of `attachments`", (AttachmentSettings,), {"affinity": "1"}),
        (MECHANICS, "key of `basement_membrane`", (MembraneContactSettings,), {}),
    ],
)
def test_every_key_has_a_row_with_its_default(text, heading, models, otherwise):
    part = text.split("## Exchange of cells")[0] if heading == "key" else text
    assert described(part, heading) == keys_of(*models) | otherwise


def test_every_key_of_exchange_has_a_row():
    rows = table(SIGNALS.split("## Exchange of cells")[1], "key")
    found = {key for row in rows for key in names_in(row[0])}
    assert found == set(keys_of(ExchangeSettings, SaturatingUptake, MembraneSettings))


def test_every_key_of_mechanics_stands_somewhere():
    own = {one.name for law in laws().values() for one in law.parameters}
    every = {key for model in (*MODELS.values(), OwnLawMechanics) for key in keys_of(model)}
    rows = described(MECHANICS, "key of `mechanics`")
    # `parameters` are those of laws of one's own, and stand in the table of laws.
    assert set(rows) == every - own - {"parameters"}
    shared = keys_of(MODELS["physicell"])
    assert rows == {key: shared[key] for key in rows} | {"affinity": "1"}


# --- everything there is --------------------------------------------------------------------------------


def test_every_contact_law_has_a_row_with_its_parameters_and_its_source():
    rows = {row[0].strip("`"): row for row in table(MECHANICS, "`law`")}
    assert set(rows) == {*MODELS, "MODULE.NAME"}
    for name, law in laws().items():
        parameters = [
            f"`{one.name}` {one.default:.3g}" + ("" if one.unit == "1" else f" {one.unit}")
            for one in law.parameters
        ]
        assert rows[name][2].split(", ") == parameters
        assert rows[name][3] == law.reference


def test_every_integrator_has_a_row_with_its_stability():
    rows = {row[0].strip("`"): row for row in table(MECHANICS, "`integrator`")}
    assert set(rows) == set(integrators())
    for name, kind in integrators().items():
        words = {1.0: "1/L", 2.0: "2/L"}
        assert rows[name][3] == words.get(kind.stability, "any step")


def test_every_shape_of_membranes_has_a_row_with_its_keys():
    rows = {row[0].strip("`"): names_in(row[1]) for row in table(MECHANICS, "shape")}
    assert rows == {name: list(keys_of(shape.settings)) for name, shape in shapes().items()}


def test_every_boundary_of_the_domain_has_a_row():
    rows = [row[0].strip("`") for row in table(MECHANICS, "`domain: {boundary: ...}`, one or one per axis")]
    assert rows == list(get_args(BoundaryKind))


def test_every_kind_of_face_and_every_mode_has_a_row():
    rows = {row[0].strip("`"): row[1] for row in table(SIGNALS, "kind")}
    assert set(rows) == set(registered())
    for name, kind in registered().items():
        assert all(key in rows[name] for key in kind.quantities)
    assert all(f"`{face}`" in SIGNALS for face in keys_of(BoundarySettings))
    modes = [row[0].strip("`") for row in table(SIGNALS, "`mode`")]
    assert sorted(modes) == sorted([*MODES, "prescribed"])
    regions = dict(row[:1] + row[3:] for row in table(SIGNALS, "key of `sources`"))["`region`"]
    assert set(re.findall(r"`\{(\w+):", regions)) == set(keys_of(Region))


def test_every_line_of_the_ledger_has_a_row():
    lines = [name for row in table(SIGNALS, "line of the ledger") for name in names_in(row[0])]
    assert sorted(lines) == sorted(LINES)


def test_the_columns_of_mechanics_and_only_behaviours_are_named():
    columns = {row[0].strip("`") for row in table(MECHANICS, "column")}
    assert columns == {"velocity", "neighbours", "pressure", "attachments", "membrane_distance"}
    known = {one.name for one in all_behaviours()}
    named = re.findall(r"`((?:motility|mechanics|exchange)(?:\.\w+)+)`", SIGNALS + MECHANICS)
    assert named
    assert [each for each in named if re.sub(r"\boxygen\b", "NAME", each) not in known] == []


# --- what is refused ------------------------------------------------------------------------------------


def signals(signal="diffusion: 10, decay: 1", more="", domain="spacing: 10", cell=""):
    return (
        f"domain: {{size: [100, 100], {domain}}}\nsignals:\n  s: {{{signal}}}\n{more}\n"
        f"cell_types:\n  a: {{mechanics: none, {cell}}}\n"
    )


def mechanics(contact="", more="", domain="boundary: open", cell=""):
    return (
        f"domain: {{size: [100, 100], {domain}}}\n{more}\n"
        f"cell_types:\n  a: {{mechanics: {{{contact}}}, {cell}}}\n"
    )


LOD = "diffusion: 1, mode: physicell_lod"
STEADY = "diffusion: 1, decay: 1, mode: steady"
PERIODIC = "spacing: 10, boundary: periodic"
MADE = 'reactions: "s\' = 1"'
REFUSED = {
    "signals without a grid": signals(domain="boundary: open"),
    "a diffusion that falls below 0": signals("diffusion: x"),
    "a diffusion that depends on time": signals("diffusion: time"),
    "a flux where nothing diffuses": signals("diffusion: 0, boundary: {x_min: {flux: 1}}"),
    "a value on a periodic face": signals("diffusion: 1, boundary: {x_min: {value: 1}}", domain=PERIODIC),
    "a steady signal that nothing holds": signals("diffusion: 1, mode: steady"),
    "a membrane at a steady signal": signals(
        STEADY,
        'networks: {n: {equations: "S\' = 0", initial: {S: 1}}}',
        cell="networks: [n], exchange: {s: {membrane: {species: network.n.S, permeability: 1}}}",
    ),
    "exchange of a prescribed signal": signals("mode: {prescribed: x}", cell="exchange: {s: {uptake: 1}}"),
    "a reaction of a steady signal": signals(STEADY, MADE),
    "a reaction in single precision": signals("diffusion: 1, precision: float32", MADE),
    "cells in reactions": signals(more='reactions: "s\' = contact.mean(other.age)"'),
    "a region between the voxels' centres": signals(
        more="sources: [{signal: s, rate: 1, region: {ball: {center: [0, 0], radius: 1}}}]"
    ),
    "`physicell_lod`: sources": signals(LOD, "sources: [{signal: s, rate: 1, region: {all: true}}]"),
    "`physicell_lod`: saturating uptake": signals(LOD, cell="exchange: {s: {uptake: {max: 1, half: 1}}}"),
    "two laws in a tissue": mechanics("law: linear") + "  b: {mechanics: {law: hertz}}",
    "a tolerance without `adaptive`": mechanics("tolerance: 1"),
    "a reach above 10": mechanics("adhesion_distance: 11"),
    "an affinity of a law that only repels": mechanics("law: hertz, affinity: {a: 2}"),
    "a rule on an affinity": mechanics(
        cell="rules: [pressure increases mechanics.affinity to 1 with half_max 1]"
    ),
    "a force without a drag": mechanics("adhesion: 2 nN"),
    "attachments in nN/um": mechanics("attachments: {stiffness: 1 nN/um}"),
    "an attachment that breaks at rest": mechanics("attachments: {rest_length: 2, breaking_length: 1}"),
    "a membrane across a missing axis": mechanics(more="basement_membranes: [{plane: {normal: [0, 0, 1]}}]"),
    "a membrane across a periodic axis": mechanics(
        more="basement_membranes: [{plane: {normal: [0, 1]}}]", domain="boundary: periodic"
    ),
    "two shapes in one membrane": mechanics(
        more="basement_membranes: [{plane: {normal: [0, 1]}, sphere: {radius: 20}}]"
    ),
}
ROWS = [row for text in TEXTS.values() for row in table(text, "what")]


def test_the_tables_and_the_scenarios_are_the_same():
    assert [row[0] for row in ROWS] == list(REFUSED)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_what_the_tables_say_is_refused_in_those_words(row):
    text = f"tissue_sim: 1\nduration: 1 h\n{REFUSED[row[0]]}\n"
    with pytest.raises(TissueSimError, match=re.escape(row[1])) as caught:
        load_scenario_text(text, name="s.yaml")
    assert len(caught.value.problems) == 1


# --- the pages as text, and their examples --------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_short_and_its_examples_run(name, tmp_path, monkeypatch, tutorial):
    lines = TEXTS[name].splitlines()
    assert len(lines) < LONGEST_PAGE
    assert max(len(line) for line in lines if not line.startswith("|")) <= WIDEST_LINE
    assert sum(line.startswith("```") for line in lines) == 2 * len(tutorial.blocks_of(DOCS / name))
    tutorial.test_links_lead_somewhere(DOCS / name)
    monkeypatch.chdir(tmp_path)
    tutorial.read_page(DOCS / name, "")
