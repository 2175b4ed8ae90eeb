"""Reading YAML: places, scalars, limits."""

from __future__ import annotations

import time

import pytest

from tissue_sim.errors import ScenarioError
from tissue_sim.scenario.limits import decode_text, read_text
from tissue_sim.scenario.positions import ListNode, MapNode, ScalarNode, Source, find
from tissue_sim.scenario.reader import DEEPEST, MOST_NODES, read_nodes
from tissue_sim.scenario.to_plain import to_plain, yaml_text


def read(text: str):
    return read_nodes(Source("s.yaml", text))


def plain(text: str):
    return to_plain(read(text).root)


def refusal(text: str) -> str:
    with pytest.raises(ScenarioError, match=r"^s\.yaml:\d+:\d+: ") as error:
        read(text)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 1e-3),
        ("1e5", 1e5),
        (".5", 0.5),
        ("5.", 5.0),
        ("-7", -7),
        ("+7", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("010", 10),
        ("1_000", "1_000"),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12:30", "12:30"),
        ("2001-01-01", "2001-01-01"),
        ("=", "="),
        ("'1'", "1"),
        ('"true"', "true"),
        ("48 h", "48 h"),
        ("NaN", "NaN"),
        ("1e", "1e"),
        ("٣", "٣"),
    ],
)
def test_scalars_are_those_of_the_core_schema_of_yaml_1_2(text, value):
    found = plain(f"a: {text}")["a"]
    assert found == value
    assert type(found) is type(value)


def test_values_stand_where_they_were_written():
    text = "a:\n  b: [1, {c: x}]\n'd e':   7\n"
    root = read(text).root
    value = find(root, ("a", "b", 1, "c"))
    assert isinstance(value, ScalarNode)
    assert value.source.place(value.start) == ("s.yaml", 2, 14)
    assert isinstance(root, MapNode)
    assert root.source.place(root.entries["d e"].start) == ("s.yaml", 3, 1)
    assert isinstance(find(root, ("a", "b")), ListNode)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: |\n  one\n\n    two Q\n", 4, 9),
        ("a: |2-\n    one\n  Q\n", 3, 3),
        ("a: |\n\n\n  Q\n", 4, 3),
        ("a: >\n  folded\n  text\n\n  Q\n", 5, 3),
        ("a: plain\n  over lines Q\n", 2, 14),
        ("a: 'it''s Q'\n", 1, 11),
        ("a: 'over\n\n  lines Q'\n", 3, 9),
        ('a: "es\\tc \\u0041\\\\ Q"\n', 1, 20),
        ('a: "joined \\\n  lines Q"\n', 2, 9),
        ("a: Q\n", 1, 4),
        ("- - x: [y, Q]\n", 1, 12),
        ("a: |\r\n  one\r\n  Q\r\n", 3, 3),
    ],
)
def test_characters_inside_a_text_are_found_in_the_file(text, line, column):
    def nodes(node):
        if isinstance(node, MapNode):
            return [below for entry in node.entries.values() for below in nodes(entry.node)]
        if isinstance(node, ListNode):
            return [below for item in node.items for below in nodes(item)]
        return [node]

    (node,) = (one for one in nodes(read(text).root) if isinstance(one.value, str) and "Q" in one.value)
    place = node.source.place(node.index(node.value.index("Q")))
    assert place == ("s.yaml", line, column)
    assert text.splitlines()[line - 1][column - 1] == "Q"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: &x 1", "1:4", "anchor"),
        ("a: 1\nb: *x", "2:4", "alias"),
        ("a: !!python/object:os.system 1", "1:4", "tag"),
        ("!t\na: 1", "1:1", "tag"),
        ("a: 1\n<<: {b: 1}", "2:1", "merge key"),
        ("a: 1\n---\nb: 1", "2:1", "second document"),
        ("%YAML 1.1\n---\na: 1", "2:1", "directive"),
        ("%TAG ! tag:x,2000:\n---\na: 1", "2:1", "directive"),
        ("a:\n\tb: 1", "2:1", "tab"),
        ("\ta: 1", "1:1", "tab"),
        ("a:\n  b: 1\n c: 2", "3:2", "indentation"),
        ("a: b: c", "1:5", "':'"),
        ("a: [1,\nb: 2", "2:5", "',' or ']' is missing"),
        ("a: {b: 1", "1:9", "is missing"),
        ("a: 'x", "1:6", "close the quote"),
        ("a: @b", "1:4", "quotes"),
        ("a: %b", "1:4", "quotes"),
        ("a: ]", "1:4", "value is missing"),
        ('a: "\\q"', "1:6", "escape"),
        ("a:\n- b\nc", "3:2", "without ':'"),
        ("? [a]\n: b", "1:3", "a key must be a word"),
        ("", "1:1", "empty"),
        ("# only a comment\n", "1:1", "empty"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_where_it_stands(text, place, words):
    message = refusal(text)
    assert message.startswith(f"s.yaml:{place}: ")
    assert words in message


def test_a_key_that_stands_twice_is_reported_with_both_places():
    reading = read("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 2\n")
    assert [str(one) for one in reading.problems] == [
        "s.yaml:5:3: the key 'c' stands twice; first at line 3, column 3",
        "s.yaml:6:1: the key 'a' stands twice; first at line 1, column 1",
    ]
    assert to_plain(reading.root) == {"a": 1, "b": {"c": 1, "d": 2}}


@pytest.mark.parametrize(
    "number", [".nan", ".NaN", ".inf", "-.INF", "1e400", "-1e999", "9" * 400, "9" * 5000]
)
def test_numbers_must_be_finite(number):
    (problem,) = read(f"a: 1\nb: {number}").problems
    assert (problem.line, problem.column) == (2, 4)
    assert "finite" in problem.message or "characters" in problem.message


HOSTILE = {
    "brackets": "[" * 10_000,
    "braces": "{" * 10_000,
    "maps in maps": "{a: " * 10_000,
    "brackets on lines": "[\n" * 10_000,
    "dashes": "- " * 10_000,
    "question marks": "? " * 10_000,
    "indentation": "\n".join(" " * i + "a:" for i in range(300)),
    "items": "a: [" + "1," * 100_000 + "]",
    "keys": "\n".join(f"k{i}: {i}" for i in range(20_000)),
    "words": "a: " + "x " * 120_000,
    "quoted": "a: '" + "x\n " * 80_000 + "'",
    "block": "a: |\n" + "  x\n" * 60_000,
    "comments": "#\n" * 120_000,
    "blank lines": "\n" * 250_000 + "a: 1",
    "one key": "k" * 250_000 + ": 1",
    "anchors": "a: &a [1]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
    "merge bomb": "a: &a {x: 1}\n" + "".join(f"b{i}: {{<<: [*a, *a]}}\n" for i in range(60)),
    "escapes": 'a: "' + "\\x41" * 60_000 + '"',
    "tags": "a: " + "!" * 100_000,
    "large": "a: " + "x" * 300_000,
    "colons": "a: " + ":" * 200_000,
    "commas": "a: {" + "," * 100_000,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_text_is_refused_or_read_at_once(what):
    began = time.thread_time()
    places = []
    try:
        read(HOSTILE[what])
    except ScenarioError as error:
        places = [str(problem)[:7] for problem in error.problems]
    assert places in ([], ["s.yaml:"])
    assert time.thread_time() - began < 1.5  # 0.5 s where nobody else uses the processor


def test_depth_is_limited_in_both_styles():
    deepest = "a: " + "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1)
    assert refusal(deepest.replace("[", "[[", 1).replace("]", "]]", 1)).endswith(f"allowed are {DEEPEST}")
    assert plain("[" * (DEEPEST - 1) + "1" + "]" * (DEEPEST - 1))
    assert "brackets deep" in refusal("[" * (DEEPEST + 1))
    blocks = "\n".join(" " * i + "a:" for i in range(DEEPEST + 1))
    assert f"nested more than {DEEPEST} levels" in refusal(blocks)


def test_the_number_of_values_is_limited(monkeypatch):
    monkeypatch.setattr("tissue_sim.scenario.reader.MOST_NODES", 10)
    assert "more than 10 values" in refusal("[" + "1," * 20 + "]")
    assert MOST_NODES == 100_000


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: \xff\n", r"^s\.yaml:1:4: byte 0xff is not UTF-8"),
        ("a: 1\nb: ä\xe9".encode("latin-1"), r"^s\.yaml:2:4: byte 0xe4"),
        ("a: 1".encode("utf-8-sig"), r"^s\.yaml:1:1: the file begins with a byte order mark"),
        ("a: 1".encode("utf-16"), r"^s\.yaml:1:1: the file begins with a byte order mark"),
        (b"a: 1\nb: \x00", r"^s\.yaml:2:4: the control character U\+0000"),
        (b"a: \x1b[31m", r"^s\.yaml:1:4: the control character U\+001B"),
        (b"a: 1\rb: 2", r"^s\.yaml:1:5: the control character U\+000D"),
        ("a: 1\u2028b: 2".encode(), r"^s\.yaml:1:5: the control character U\+2028"),
        (b"x" * 300_000, r"^s\.yaml:1:1: the file is larger than 256 kB"),
    ],
)
def test_bytes_that_are_no_text_are_refused(content, message):
    with pytest.raises(ScenarioError, match=message):
        decode_text(content, "s.yaml")


def test_missing_files_and_folders_are_named(tmp_path):
    with pytest.raises(ScenarioError, match=r"^gone\.yaml:1:1: there is no such file"):
        read_text(tmp_path / "gone.yaml", "gone.yaml")
    with pytest.raises(ScenarioError, match=r"^here:1:1: this is a folder"):
        read_text(tmp_path, "here")
    with pytest.raises(ScenarioError, match=r"^odd:1:1: the file cannot be read"):
        read_text(tmp_path / "a\0b", "odd")


def test_text_written_is_text_read():
    value = {
        "a": ["1e-3", 1e-3, "yes", True, None, "", "x: y", "# no", "- a", "null", "0x1f", 1.5e-7, 12],
        "b": {
            "text": "one\n two\n\nthree\n",
            "end": "no break\nat the end",
            "tab": "a\tb",
            "empty": {},
            "none": [],
        },
        "exchange.VEGF.secretion": "0.1*HIF",
        "long": "word " * 60,
        "quotes": 'it\'s "quoted" \\ here',
    }
    assert plain(yaml_text(value)) == value


@pytest.mark.parametrize("text", ['title: "\\ud800"', '{"\\udfff": 1}'])
def test_half_a_surrogate_pair_is_refused(text):
    assert "no character" in refusal(text)
