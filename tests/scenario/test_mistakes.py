"""Mistakes in a scenario: each is found with file, line and column, and all of them at once."""

from __future__ import annotations

import pytest

from tissue_sim.scenario.scenario import load_scenario_text

# what is replaced, by what, and the beginning of every message that follows
MISTAKES = [
    # keys
    ("duration: 10 h", "duratoin: 10 h", "3:1: unknown key 'duratoin'; allowed are tissue_sim, title,"),
    ("duration: 10 h\n", "", "1:1: the key 'duration' is missing"),
    ("tissue_sim: 1\n", "", "1:1: the key 'tissue_sim' is missing"),
    (
        "tissue_sim: 1",
        "tissue_sim: 2",
        "1:13: version 2 of the file format is not known; this program reads version 1",
    ),
    (
        "    unit: mmHg\n",
        "    unit: mmHg\n    unit: nM\n",
        "13:5: the key 'unit' stands twice; first at line 12, column 5",
    ),
    (
        "    decay: 0.1 /min",
        "    dcay: 0.1 /min",
        "14:5: unknown key 'dcay'; allowed are unit, diffusion, decay,",
    ),
    ("      model: live\n", "", None),
    ("      rate: 7.2e-4 /min\n", "", "34:5: the key 'rate' is missing"),
    (
        "      rate: 7.2e-4 /min",
        "      rat: 7.2e-4 /min",
        "36:7: unknown key 'rat'; allowed are model, rate, axis; did you",
    ),
    (
        "      model: live",
        "      model: alive",
        "35:7: unknown cycle model 'alive'; allowed are live, sizer and phases",
    ),
    ("        value: 38", "        valu: 38", "18:9: 'valu' is no boundary condition; write one of"),
    (
        "    like: tumour",
        "    like: tumor",
        "44:11: like: names no cell type; known are tumour; did you mean 'tumour'?",
    ),
    ("short:\n", "shrot:\n", "56:1: unknown key 'shrot'"),
    # kinds of values
    ("title: small", "title: [small]", "2:8: expected text, found a list"),
    ("title: small", "title: 7", "2:8: expected text, found the number 7"),
    ("  size: [200, 100]", "  size: 200", "7:9: expected a list, found the number 200"),
    ("  size: [200, 100]", "  size: [200, 100, 100, 100]", "7:9: expected at most 3 items, found 4"),
    ("  size: [200, 100]", "  size: []", "7:9: expected at least 1 items, found 0"),
    ("  size: [200, 100]", "  size: [200, yes]", "7:15: 'yes' is not a quantity"),
    (
        "  boundary: open",
        "  boundary: opn",
        "9:13: 'opn' is not known here; allowed are open, remove, wall, periodic",
    ),
    (
        "  boundary: open",
        "  boundary: [open, 3]",
        "9:20: expected one of open, remove, wall, periodic, found the number 3",
    ),
    ("    networks: [switch]", "    networks: switch", "40:15: expected a list, found the text 'switch'"),
    (
        "measures:\n  mean_hif: mean(network.switch.HIF)",
        "measures: 3",
        "53:11: expected a map of names, found the number 3",
    ),
    (
        "    cycle:\n      model: live\n      rate: 7.2e-4 /min",
        "    cycle: live",
        "34:12: a cycle is a map such as",
    ),
    (
        "  - type: tumour\n    disc:",
        "  - tumour\n  - type: tumour\n    disc:",
        "49:5: expected a map of keys, found the text 'tumour'",
    ),
    ("title: small", "title: small\nseed: 1.5", "3:7: expected a whole number, found the number 1.5"),
    ("title: small", "title: small\nseed: -1", "3:7: -1 is too small; allowed is 0 or more"),
    ("title: small", "title: small\nseed: 18446744073709551616", "3:7: 18446744073709551616 is too large"),
    ("title: small", "title: small\nseed: true", "3:7: expected a whole number, found true"),
    # quantities
    (
        "duration: 10 h",
        "duration: 10 mmHg",
        "3:11: '10 mmHg' has the wrong dimension; expected a quantity in min",
    ),
    ("duration: 10 h", "duration: 0", "3:11: 0 is too small; allowed is more than 0"),
    ("duration: 10 h", "duration: .nan", "3:11: '.nan' is not a finite number"),
    ("duration: 10 h", "duration: 1e400", "3:11: 1e400 is too large; every number must be finite"),
    ("duration: 10 h", "duration: 9**9**9**9 um", "3:11: '9**9**9**9 um' is not a quantity"),
    ("duration: 10 h", "duration: 10 parsnips", "3:11: unknown unit 'parsnips'"),
    ("duration: 10 h", "duration: " + "9" * 70 + " min", "3:11: '9999"),
    ("    decay: 0.1 /min", "    decay: -0.1 /min", "14:12: -0.1 /min is too small; allowed is 0 or more"),
    (
        "    diffusion: 1e5 um^2/min",
        "    diffusion: 1e5 um/min",
        "13:16: '1e5 um/min' has the wrong dimension",
    ),
    ("        uptake: 60 /min", "        uptake: 60 mmHg", "39:17: '60 mmHg' has the wrong dimension"),
    ("        uptake: 60 /min", "        uptake: {max: 3}", "39:9: the key 'half' is missing"),
    (
        "        uptake: 60 /min",
        "        uptake: {max: 3 nM/min, half: 1}",
        "39:23: '3 nM/min' has the wrong dimension",
    ),
    (
        "        value: 38",
        "        value: 38 nM",
        "18:16: '38 nM' has the wrong dimension; expected a quantity in mmHg",
    ),
    ("      rate: 7.2e-4 /min", "      rate: -1", "36:13: -1 is too small; allowed is 0 or more"),
    ("      radius: 30", "      radius: 30 min", "52:15: '30 min' has the wrong dimension"),
    ("    unit: mmHg", "    unit: mmhg", "12:11: unknown unit 'mmhg'"),
    # names
    ("  mean_hif:", "  mean__hif:", "54:3: 'mean__hif' is not a name; a name begins with a letter"),
    ("  k: 0.1", "  2k: 0.1", "5:3: '2k' is not a name"),
    ("  k: 0.1", "  time: 0.1", "5:3: 'time' already means something in expressions"),
    ("  k: 0.1", "  exp: 0.1", "5:3: 'exp' already means something in expressions"),
    ("  k: 0.1", "  age: 0.1", "5:3: 'age' already means something in expressions"),
    (
        "  - type: tumour\n",
        "  - type: tumor\n",
        "49:11: no cell type is called 'tumor'; declared are tumour, resistant",
    ),
    (
        "    networks: [switch]",
        "    networks: [swich]",
        "40:16: no network is called 'swich'; declared are switch; did you",
    ),
    (
        "      oxygen:\n        uptake",
        "      oxygn:\n        uptake",
        "38:7: no signal 'oxygn'; declared are oxygen; did you",
    ),
    ("      oxygen: signal.oxygen", "      oxygen: signal.oxygn", "31:15: no signal 'oxygn' is declared"),
    ("title: small", "title: small\nrecord: {signals: [oxygn]}", "3:20: no signal is called 'oxygn'"),
    ("title: small", "title: small\nrecord: {columns: [agee]}", "3:20: no column is called 'agee'"),
    (
        "title: small",
        "title: small\ncolumns: {age: {}}",
        "3:11: 'age' is a built-in column; choose another name",
    ),
    (
        "title: small",
        "title: small\ncolumns: {a: {initial: 'norml(1, 2)'}}",
        "3:24: unknown distribution 'norml'",
    ),
    (
        "title: small",
        "title: small\ncolumns: {a: {unit: um, initial: 3 min}}",
        "3:34: '3 min' has the wrong dimension",
    ),
    # expressions, equations, rules
    (
        "mean(network.switch.HIF)",
        "mean(network.switch.HIG)",
        "54:18: the network switch has no species 'HIG'; it has HIF",
    ),
    (
        "mean(network.switch.HIF)",
        "network.switch.HIF",
        "54:13: 'network.switch.HIF' has a value for each cell",
    ),
    ("mean(network.switch.HIF)", "mean(network.switch.HIF", "54:17: '(' is never closed"),
    ("mean(network.switch.HIF)", "maen(1)", "54:13: unknown function 'maen'"),
    ('count(cell.type == "tumour")', 'count(cell.type == "tumor")', "55:31: no type is called 'tumor'"),
    ("      half = HIF/2", "      half = HIG/2", "24:14: unknown name 'HIG'"),
    ("      half = HIF/2", "      half = HIF/2 +", "24:21: "),
    ("      half = HIF/2", "      HIF = 2", "24:7: "),
    ("      k_d: 0.05\n", "", "23:39: unknown name 'k_d'"),
    ("      k_d: 0.05", "      k_d: uniform(2, 1)", "28:12: low is 2, above high, 1"),
    (
        "HIF decreases cycle.rate",
        "HIF decreases cycle.rat",
        "42:38: unknown behaviour 'cycle.rat'; did you mean 'cycle.rate'?",
    ),
    ("HIF decreases cycle.rate", "HIG decreases cycle.rate", "42:9: the network switch has no species 'HIG'"),
    (
        "HIF decreases cycle.rate",
        "HIF decreses cycle.rate",
        "42:28: expected 'increases' or 'decreases', found 'decreses'",
    ),
    ("to 0 with half_max 0.5", "to 0 with half_max 0.5 mmHg", "42:68: '0.5 mmHg' has the wrong dimension"),
    ("to 0 with half_max", "to 0 um with half_max", "42:52: '0 um' has the wrong dimension"),
    ("to 0 with half_max 0.5", "to 0 with half_max 0", "42:68: half_max is 0; it must be above 0"),
    # places
    (
        "  spacing: 10 um",
        "  spacing: 30 um",
        "8:12: the spacing 30 um does not divide the x size 200 um; the nearest that do are",
    ),
    (
        "  spacing: 10 um",
        "  spacing: [10, 30]",
        "8:17: the spacing 30 um does not divide the y size 100 um; the nearest",
    ),
    ("  spacing: 10 um", "  spacing: [10]", "8:12: spacing has 1 values and the tissue 2 axes"),
    ("  spacing: 10 um\n", "", "6:1: the key 'spacing' is missing; signals need the edge of a voxel"),
    ("  size: [200, 100]\n", "", "6:1: the key 'size' is missing"),
    ("  spacing: 10 um", "  spacing: 1e-5", "8:12: 2e+14 voxels"),
    ("  boundary: open", "  boundary: open\n  thickness: -1", "10:14: -1 is too small"),
    ("      radius: 30", "      radius: 30\n      raduis: 3", "53:7: unknown key 'raduis'"),
    (
        "      center: [0, 0]",
        "      center: [0, 0, 5]",
        "51:22: the tissue has no z axis; leave this coordinate out",
    ),
    (
        "    disc:\n      center: [0, 0]\n      radius: 30",
        "    number: 3",
        "49:5: write exactly one of point, points",
    ),
    ("      radius: 30", "      radius: 30\n    csv: none.csv", "49:5: write exactly one of point, points"),
    (
        "    disc:\n      center: [0, 0]\n      radius: 30",
        "    csv: none.csv",
        "50:10: the file 'none.csv' does not exist",
    ),
    ("      radius: 30", "      radius: 30\n    number: 3000", "53:13: only 13 cells fit"),
    ("      radius: 30", "      radius: 30\n    packing: random", "49:5: random packing needs `number`"),
    ("        value: 38", "        value: 38\n      z_min: {flux: 0}", "19:7: the tissue has no z axis"),
    # times
    ("title: small", "title: small\nsteps: {mechanics: 0.3, signals: 0.1, lifecycle: 6.05 min}", None),
    # reactions
    (
        "title: small",
        "title: small\nreactions: oxygn' = -1",
        "3:12: no signal 'oxygn'; declared are oxygen; did you mean 'oxygen'?",
    ),
    (
        "title: small",
        "title: small\nreactions: {}",
        "3:12: expected text, found a map",
    ),
    (
        "  switch:\n",
        "  switch:\n    method: gillespie\n",
        "21:13: 'HIF' follows a rate (HIF' = ...), and method gillespie advances reactions only",
    ),
    # code
    (
        "    like: tumour",
        "    like: tumour\n    agent: cells.Mine",
        "45:12: the class cells.Mine needs its file: write extensions",
    ),
    (
        "    like: tumour",
        "    like: tumour\n    agent: Mine",
        "45:12: 'Mine' names no class; write MODULE.CLASS",
    ),
    ("title: small", "title: small\nextensions: [gone.py]", "3:14: the file 'gone.py' does not exist"),
    ("title: small", "title: small\nextensions: [cells.csv]", "3:14: 'cells.csv' is no Python file"),
]
WITH_ONE_MESSAGE = [each for each in MISTAKES if each[2] is not None]


def test_the_unchanged_scenario_has_no_mistakes(mistakes, small):
    assert mistakes(small) == []


@pytest.mark.parametrize(("old", "new", "message"), WITH_ONE_MESSAGE)
def test_a_mistake_is_reported_once_and_where_it_is(mistakes, change, old, new, message):
    found = mistakes(change(old, new))
    assert len(found) == 1, found
    assert found[0].startswith(f"s.yaml:{message}"), found[0]


def test_steps_that_are_no_multiples_are_reported_each(mistakes, change):
    found = mistakes(
        change("title: small", "title: small\nsteps:\n  mechanics: 0.25\n  signals: 0.1\n  lifecycle: 6.05")
    )
    assert [one.partition(";")[0] for one in found] == [
        f"s.yaml:{place} min, is no whole multiple of the smallest step, 0.1 min of signals"
        for place in ("4:14: the step of mechanics, 0.25", "6:14: the step of lifecycle, 6.05")
    ]
    assert found[0].endswith("mechanics could be 0.2 or 0.3 min")


def test_a_cycle_without_model_needs_one(mistakes, change):
    (found,) = mistakes(change("      model: live\n", ""))
    assert found.startswith("s.yaml:35:7: a cycle needs `model: live`")


def test_all_mistakes_come_together_in_the_order_of_the_file(mistakes, change):
    text = change("title: small", "title: 5")
    text = change("    unit: mmHg", "    unit: mmHg\n    colour: red", text)
    text = change("      rate: 7.2e-4 /min", "      rate: fast", text)
    text = change("    networks: [switch]", "    networks: [swich]", text)
    text = change("mean(network.switch.HIF)", "mean(signal.oxygn)", text)
    text = change("      radius: 30", "      radius: 500", text)
    text = change("  boundary: open", "  boundary: wall", text)
    places = [one.split(": ")[0] for one in mistakes(text)]
    assert places == [
        "s.yaml:2:8",
        "s.yaml:13:5",
        "s.yaml:37:13",
        "s.yaml:41:16",
        "s.yaml:52:7",
        "s.yaml:55:18",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    unit: mmHg", "    unit: 5"),
        ("    diffusion: 1e5 um^2/min", "    diffusion: slow"),
        ("      HIF' = k_s/(1 + (oxygen/K)^4) - k_d*HIF", "      HIF' = k_s/("),
        ("      model: live", "      model: alive"),
        ("  size: [200, 100]", "  size: [200, -100]"),
        ("  k: 0.1", "  k: zero"),
        ("        uptake: 60 /min", "        uptake: [1]"),
        ("    equations: |", "    equation: |"),
    ],
)
def test_a_mistake_does_not_cause_others(mistakes, change, old, new):
    text = change("title: small", "title: small\nrecord: {signals: [oxygen], columns: [switch__HIF, age]}")
    assert len(mistakes(change(old, new, text))) == 1


def test_what_a_type_takes_over_is_reported_once_where_it_stands(mistakes, change):
    found = mistakes(change("        uptake: 60 /min", "        uptake: 60 nM"))
    assert len(found) == 1


def test_mistakes_in_short_are_found_without_it(mistakes, change):
    (found,) = mistakes(change("short:\n  duration: 1 h", "short:\n  duration: 1 mmHg"))
    assert found.startswith("s.yaml:57:13: '1 mmHg' has the wrong dimension")
    (found,) = mistakes(change("short:\n  duration: 1 h", "short:\n  duraton: 1 h"))
    assert found.startswith("s.yaml:57:3: unknown key 'duraton'")
    (found,) = mistakes(change("short:\n  duration: 1 h", "short: 5"))
    assert found.startswith("s.yaml:56:8: expected a map")


def test_short_must_be_there_when_it_is_asked_for(mistakes, change):
    assert mistakes(change("short:\n  duration: 1 h\n", ""), short=True) == [
        "s.yaml:1:1: there is no key 'short'; --short needs one"
    ]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (
            "cell_types.tumour.cycle.rate=fast",
            "--set cell_types.tumour.cycle.rate:30: 'fast' is not a quantity",
        ),
        ("cell_types.tumour.cycle.rte=1", "--set cell_types.tumour.cycle.rte:25: unknown key 'rte'"),
        ("measures.a=mean(presure)", "--set measures.a:17: unknown name 'presure'"),
        ("initial.0.disc.radius=-1", "--set initial.0.disc.radius:23: -1 is too small"),
        ("domain.spacing=30", "--set domain.spacing:16: the spacing 30 um does not divide"),
        ("nonsense=1", "--set nonsense:1: unknown key 'nonsense'"),
    ],
)
def test_mistakes_of_set_name_the_option_and_its_column(mistakes, small, option, message):
    (found,) = mistakes(small, overrides=[option])
    assert found.startswith(message)


def test_a_value_may_be_one_of_several_forms(mistakes, change):
    text = change("    inputs:\n", "    tolerance: {absolute: hello}\n    inputs:\n")
    (found,) = mistakes(text)
    assert found.startswith("s.yaml:30:27: 'hello' is not a quantity")
    (found,) = mistakes(text.replace("hello", "{HIF: -1}"))
    assert found.startswith("s.yaml:30:33: -1 is too small")
    (found,) = mistakes(text.replace("hello", "[1]"))
    assert found.startswith("s.yaml:30:27: expected a number")


@pytest.mark.parametrize(
    "text",
    [
        "5",
        "- a\n- b",
        "just words",
        "null",
        "[]",
        "{}",
        "tissue_sim: 1",
        "tissue_sim: 1\ncell_types: {a: {}}",
        "a: 1",
    ],
)
def test_what_is_no_scenario_is_refused(mistakes, text):
    assert mistakes(text)


HOSTILE = {
    "brackets": ("duration: 10 h", "duration: " + "[" * 10_000),
    "long equations": ("      half = HIF/2", "      half = " + "+".join(["HIF"] * 20_000)),
    "deep equations": ("      half = HIF/2", "      half = " + "(" * 20_000 + "HIF"),
    "powers": ("      half = HIF/2", "      half = 9^9^9^9^9^9"),
    "code": ("      half = HIF/2", "      half = __import__('os').system('true')"),
    "attributes": ("mean(network.switch.HIF)", "().__class__.__bases__[0].__subclasses__()"),
    "many equations": ("      half = HIF/2", "\n".join(f"      x{i} = x{i + 1}" for i in range(3000))),
    "powers in a quantity": ("duration: 10 h", "duration: 9**9**9**9 um"),
    "long unit": ("    unit: mmHg", "    unit: " + "m*" * 20_000),
    "stacked powers": ("    unit: mmHg", "    unit: m^9^9^9^9"),
    "huge number": ("duration: 10 h", "duration: " + "9" * 100_000),
    "many cells": ("      radius: 30", "      radius: 1e9"),
    "many random cells": (
        "      radius: 30",
        "      radius: 30\n    packing: random\n    number: 99999999999",
    ),
    "many voxels": ("  spacing: 10 um", "  spacing: 1e-9"),
    "many ticks": ("title: small", "title: small\nsteps: {signals: 1e-12}"),
    "many steps": ("title: small", "title: small\nsteps: {signals: 1e-300}"),
    "many types": ("cell_types:\n", "cell_types:\n" + "".join(f"  t{i}: {{}}\n" for i in range(1500))),
    "long chain": (
        "cell_types:\n",
        "cell_types:\n" + "".join(f"  t{i}: {{like: t{i + 1}}}\n" for i in range(1500)),
    ),
    "choices": ("      k_d: 0.05", "      k_d: choice(" + "1, " * 3000 + "1)"),
    "rare draws": ("      k_d: 0.05", "      k_d: normal(0, 1, min=30)"),
    "rule": ("HIF decreases", "HIF " + "very " * 5000 + "decreases"),
    "names": ("measures:\n", "measures:\n" + "".join(f"  m{i}: mean(signal.s{i})\n" for i in range(1000))),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_scenarios_are_refused_at_once(mistakes, change, what):
    # At most half of it where nobody else uses the processor.
    found = mistakes(change(*HOSTILE[what]), within=2.0)
    assert found
    assert all(one.startswith("s.yaml:") for one in found)


MOTILE = """\
tissue_sim: 1
duration: 1 h
domain: {size: [100, 100], spacing: 20}
signals: {food: {diffusion: 1e3, boundary: {x_max: {value: 1}}}}
cell_types: {a: {motility: {speed: 1, chemotaxis: {food: 1}%s}}}
"""


@pytest.mark.parametrize(("bias", "warns"), [("", True), (", bias: 0", True), (", bias: 0.5", False)])
def test_chemotaxis_without_a_bias_is_a_warning(bias, warns):
    found = [one for one in load_scenario_text(MOTILE % bias, ".").warnings if "chemotaxis has no" in one]
    assert len(found) == int(warns)
    assert all(":5:" in one for one in found)
