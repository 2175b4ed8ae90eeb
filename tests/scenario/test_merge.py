"""`like`, `short` and ``--set``: one way of merging."""

from __future__ import annotations

import pytest

from tissue_sim.errors import ScenarioError
from tissue_sim.scenario.merge import merged, resolve_like
from tissue_sim.scenario.positions import Source, find
from tissue_sim.scenario.reader import read_nodes
from tissue_sim.scenario.set_option import apply_set, seed_node
from tissue_sim.scenario.to_plain import to_plain


def nodes(text: str, name: str = "s.yaml"):
    return read_nodes(Source(name, text)).root


def together(base: str, change: str):
    return to_plain(merged(nodes(base), nodes(change, "change")))


def after_set(text: str, *options: str):
    root = nodes(text)
    for option in options:
        root, problems = apply_set(root, option)
        assert problems == []
    return to_plain(root)


def test_maps_merge_key_by_key_and_the_rest_is_replaced():
    base = "{a: {x: 1, y: {z: 2}}, b: [1, 2], c: 3}"
    assert together(base, "{a: {y: {w: 4}}, b: [9], c: {d: 1}, e: 5}") == {
        "a": {"x": 1, "y": {"z": 2, "w": 4}},
        "b": [9],
        "c": {"d": 1},
        "e": 5,
    }


def test_null_takes_a_key_away():
    assert together("{a: {x: 1, y: 2}}", "{a: {x: null}}") == {"a": {"y": 2}}


def test_items_of_a_list_are_named_by_number():
    base = "{initial: [{ball: {radius: 1}}, {n: 2}]}"
    assert together(base, "{initial: {0: {ball: {radius: 5}}}}") == {
        "initial": [{"ball": {"radius": 5}}, {"n": 2}]
    }
    assert together(base, "{initial: {2: {n: 1}}}") == {"initial": {"2": {"n": 1}}}


def test_values_keep_the_place_where_they_were_written():
    root = merged(nodes("a:\n  x: 1\n  y: 2"), nodes("a:\n\n  y: 3", "change"))
    kept, replaced = find(root, ("a", "x")), find(root, ("a", "y"))
    assert kept is not None
    assert replaced is not None
    assert kept.source.place(kept.start) == ("s.yaml", 2, 6)
    assert replaced.source.place(replaced.start) == ("change", 3, 6)


def test_like_takes_over_what_is_not_there():
    text = """
cell_types:
  a: {volume: 1, cycle: {model: live, rate: 2}, rules: [x, y]}
  c: {like: b, volume: 3}
  b: {like: a, cycle: {rate: 5}, rules: [z]}
"""
    root, problems = resolve_like(nodes(text))
    assert problems == []
    assert to_plain(root)["cell_types"] == {
        "a": {"volume": 1, "cycle": {"model": "live", "rate": 2}, "rules": ["x", "y"]},
        "b": {"volume": 1, "cycle": {"model": "live", "rate": 5}, "rules": ["z"]},
        "c": {"volume": 3, "cycle": {"model": "live", "rate": 5}, "rules": ["z"]},
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{a: {like: a}}", "circle (a -> a)"),
        ("{a: {like: b}, b: {like: c}, c: {like: a}}", "circle (a -> b -> c -> a)"),
        ("{tumour: {}, b: {like: tumor}}", "known are tumour; did you mean 'tumour'?"),
        ("{tumour: {}, b: {like: [tumour]}}", "like: names no cell type"),
        ("{tumour: {}, b: {like: null}}", "like: names no cell type"),
    ],
)
def test_like_that_leads_nowhere_is_refused(text, message):
    root, problems = resolve_like(nodes(f"cell_types: {text}"))
    assert len(problems) == 1
    assert message in problems[0].message
    assert problems[0].path[-1] == "like"
    assert all("like" not in kind for kind in to_plain(root)["cell_types"].values())


def test_set_changes_one_value_by_its_path():
    text = "{a: {b: 1}, items: [{x: 1}, {x: 2}], networks: {n: {outputs: {cycle.rate: A}}}}"
    assert after_set(text, "a.b=1e-3")["a"] == {"b": 1e-3}
    assert after_set(text, "a.c.d=two words")["a"] == {"b": 1, "c": {"d": "two words"}}
    assert after_set(text, "items.1.x=[1, 2]")["items"] == [{"x": 1}, {"x": [1, 2]}]
    assert after_set(text, "a={c: 2}")["a"] == {"b": 1, "c": 2}
    assert after_set(text, "a.b=")["a"] == {}
    assert after_set(text, "a.b=x=y")["a"] == {"b": "x=y"}
    assert after_set(text, "a.b=1", "a.b=2")["a"] == {"b": 2}


def test_keys_that_hold_dots_are_found():
    text = "{networks: {n: {outputs: {cycle.rate: A}}}}"
    outputs = after_set(text, "networks.n.outputs.cycle.rate=B", "networks.n.outputs.death.x.rate=C")[
        "networks"
    ]["n"]
    assert outputs == {"outputs": {"cycle.rate": "B", "death.x.rate": "C"}}


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("a", "--set a:1: write --set PATH=VALUE"),
        ("=1", "--set =1:1: write --set PATH=VALUE"),
        ("a..b=1", "--set a..b=1:1: write --set PATH=VALUE"),
        ("items.7.x=1", "--set items.7.x:7: items is a list; its items are numbered 0 to 1, found '7'"),
        ("items.x=1", "--set items.x:7: items is a list; its items are numbered 0 to 1, found 'x'"),
        ("a.b=[1", "--set a.b:7: a ',' or ']' is missing"),
        ("a.b=&x 1", "--set a.b:5: an anchor"),
        ("a.b=!t 1", "--set a.b:5: a tag"),
        ("a.b=\x00", "--set a.b:5: the control character"),
        ("a.b=" + "[" * 5000, "--set a.b:45: more than 40 brackets deep"),
        (".".join("a" * 60) + "=1", "the path has more than 40 steps"),
        (
            "cell_types.tumor.volume=1",
            "--set cell_types.tumor.volume:12: there is no cell type 'tumor'; declared are ",
        ),
    ],
)
def test_set_that_cannot_be_used_is_refused_at_its_column(option, message):
    with pytest.raises(ScenarioError, match=r"^--set ") as error:
        apply_set(nodes("{a: {b: 1}, items: [{x: 1}, {x: 2}], cell_types: {tumour: {}}}"), option)
    assert message in str(error.value)


def test_errors_of_a_set_value_count_from_the_beginning_of_the_option():
    _, problems = apply_set(nodes("{a: 1}"), "a=[1, .nan]")
    assert [str(one).partition(": ")[0] for one in problems] == ["--set a:7"]


def test_seed_replaces_the_seed():
    assert to_plain(seed_node(nodes("{seed: 1}"), 7)) == {"seed": 7}


def test_order_is_file_short_set_seed(change, small):
    from tissue_sim.scenario.scenario import load_scenario_text

    text = change("title: small", "seed: 1\ntitle: small")
    text = change("short:\n  duration: 1 h", "short:\n  duration: 1 h\n  seed: 2\n  title: less", text)
    plain_form = load_scenario_text(text)
    short = load_scenario_text(text, short=True)
    both = load_scenario_text(text, short=True, overrides=["seed=3", "duration=30", "seed=4"])
    seeded = load_scenario_text(text, overrides=["seed=3"], seed=5)
    assert (plain_form.settings.seed, plain_form.settings.duration) == (1, 600.0)
    assert (short.settings.seed, short.settings.duration, short.settings.title) == (2, 60.0, "less")
    assert (both.settings.seed, both.settings.duration) == (4, 30.0)
    assert seeded.settings.seed == 5
    assert plain_form.settings.cell_types["resistant"].cycle.rate == 7.2e-4
    changed = load_scenario_text(text, overrides=["cell_types.tumour.cycle.rate=1"])
    assert changed.settings.cell_types["resistant"].cycle.rate == 1.0
