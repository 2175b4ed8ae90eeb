"""Every block of the tutorial in docs/ is written or run, page by page, as a reader would.

How a block is read, by its fence and its first line:

- a first line that is a comment with a file name (``# colony.yaml``): the block is that file;
- ``yaml`` without a name: a change to the YAML file before it; the two together must be a valid scenario;
- ``python`` without a name: runs, one namespace for a page; a ``text`` block after it is what it prints;
- ``console``: each ``$ tissue-sim ...`` runs; the lines below it, if any, are all it prints. ``$ echo $?``
  shows the exit code, which is 0 where it is not shown. ``^C``: Ctrl-C is pressed during the run;
- ``...`` stands for any lines, or within a line for any text.
"""

from __future__ import annotations

import _thread
import contextlib
import io
import itertools
import re
import shlex
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import h5py
import pytest
from ruamel.yaml import YAML

# Before any thread starts, so that idle ones sleep.
import tissue_sim.kernels.compile  # noqa: F401
from tissue_sim.cli import main
from tissue_sim.kernels.threads import most_threads, use_threads
from tissue_sim.scenario.scenario import load_scenario

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.glob("[0-9]_*.md"))
NAMES = [page.name for page in PAGES]
LONGEST_PAGE = 150
WIDEST_LINE = 120
LARGEST_PICTURE = 150_000
EXTRAS = {
    "2_reading_the_output.md": ("xarray", "h5netcdf"),
    "3_writing_a_network.md": ("antimony", "libsbml"),
}

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.DOTALL | re.MULTILINE)
FILE_NAME = re.compile(r"(?:#|//) ([\w-]+(?:/[\w-]+)*\.\w+)\n")
LINK = re.compile(r"\]\(([^)\s]+)\)")
INSTALLATION = ("python3 -m venv ", "source ", "pip install ")
ONLY_ONCE = "compiling kernels, first run only (about 45 s)\n"


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text, the line it begins at, the file it is (or empty)."""

    language: str
    text: str
    line: int
    file: str


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    blocks = []
    for found in FENCE.finditer(text):
        name = FILE_NAME.match(found[2])
        line = text.count("\n", 0, found.start()) + 2
        blocks.append(Block(found[1], found[2], line, name[1] if name else ""))
    return blocks


def write(block: Block) -> None:
    path = Path(block.file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, encoding="utf-8")


# --- what is shown against what comes out ------------------------------------------------------------


def tidy(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.strip("\n").splitlines())


def comes_out(shown: str, printed: str) -> bool:
    pattern = ""
    for line in tidy(shown).splitlines():
        if line == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part) for part in line.split("...")) + "\n"
    return re.fullmatch(pattern, tidy(printed)) is not None


def check_shown(shown: str, printed: str, where: str) -> None:
    if shown.strip():
        assert comes_out(shown, printed), f"{where} shows\n{tidy(shown)}\nbut what comes out is\n{printed}"


# --- running ------------------------------------------------------------------------------------------


@dataclass
class Command:
    """A command of a console block with what is shown below it."""

    words: list[str]
    shown: str = ""
    code: int = 0

    @property
    def interrupted(self) -> bool:
        return "^C\n" in self.shown


def commands_of(block: Block) -> list[Command]:
    commands: list[Command] = []
    asked_for_code = False
    for line in block.text.replace("\\\n", " ").splitlines():
        asked_before, asked_for_code = asked_for_code, line == "$ echo $?"
        if asked_for_code:
            continue
        if asked_before:
            commands[-1].code = int(line)
        elif line.startswith("$ "):
            commands.append(Command(shlex.split(line[2:], comments=True)))
        else:
            commands[-1].shown += f"{line}\n"
    return commands


def reader_presses_ctrl_c(folder: Path, usual: object, over: threading.Event) -> None:
    """Press Ctrl-C once the run is recording and listens to it, with another handler than the usual."""
    began = time.monotonic()
    while not over.is_set() and time.monotonic() - began < 60.0:
        if (folder / "run.h5").exists() and signal.getsignal(signal.SIGINT) is not usual:
            _thread.interrupt_main()
            return
        time.sleep(0.002)


def run_command(command: Command, where: str) -> None:
    words, out = list(command.words), io.StringIO()
    into = Path(words[words.index(">") + 1]) if ">" in words else None
    if into:
        words = words[: words.index(">")]
    if "--threads" in words:
        number = words.index("--threads") + 1
        words[number] = str(min(int(words[number]), most_threads()))
    over = threading.Event()
    if command.interrupted:
        folder = Path(words[words.index("--output") + 1])
        assert not folder.exists(), where
        watch = (folder, signal.getsignal(signal.SIGINT), over)
        threading.Thread(target=reader_presses_ctrl_c, args=watch, daemon=True).start()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = main(words[1:])
    except SystemExit as end:
        code = end.code
    finally:
        over.set()
        # One thread is quickest for so few cells, whoever else is busy on this machine.
        use_threads(1)
    printed = out.getvalue().replace(ONLY_ONCE, "")
    assert code == command.code, f"{where}: {shlex.join(command.words)} ends with {code}\n{printed}"
    if into:
        into.write_text(printed, encoding="utf-8")
        printed = ""
    check_shown(command.shown.replace("^C\n", ""), printed, where)


def run_console(block: Block, where: str) -> None:
    for command in commands_of(block):
        if command.words[0] == "tissue-sim":
            run_command(command, where)
        else:
            assert shlex.join(command.words).startswith(INSTALLATION), (where, command.words)


def run_python(block: Block, namespace: dict[str, object], where: str) -> str:
    out = io.StringIO()
    # Tracebacks name the line of the page.
    code = compile("\n" * (block.line - 1) + block.text, where.partition(":")[0], "exec")
    with contextlib.redirect_stdout(out):
        exec(code, namespace)
    return out.getvalue()


def merged(base: object, change: object) -> object:
    if not (isinstance(base, dict) and isinstance(change, dict)):
        return change
    return {**base, **{key: merged(base.get(key), value) for key, value in change.items()}}


def check_change(block: Block, file: str) -> None:
    yaml = YAML(typ="safe", pure=True)
    changed = merged(yaml.load(Path(file)), yaml.load(block.text))
    with Path("changed.yaml").open("w", encoding="utf-8") as out:
        yaml.dump(changed, out)
    load_scenario("changed.yaml")


def write_files_before(page: Path) -> str:
    """Write what earlier pages told the reader to save; return the last scenario."""
    last = ""
    for earlier in PAGES[: PAGES.index(page)]:
        for block in blocks_of(earlier):
            if block.file:
                write(block)
                last = block.file if block.language == "yaml" else last
    return last


def read_page(page: Path, last: str) -> str:
    """Do what a page says, in the working folder; return the last scenario."""
    namespace: dict[str, object] = {"__name__": "tutorial"}
    printed = None
    for block in blocks_of(page):
        where = f"{page.name}:{block.line}"
        before, printed = printed, None
        if block.file:
            write(block)
            last = block.file if block.language == "yaml" else last
        elif block.language == "yaml":
            check_change(block, last)
        elif block.language == "python":
            printed = run_python(block, namespace, where)
        elif block.language == "console":
            run_console(block, where)
        elif block.language == "text":
            assert before is not None, f"{where}: a text block follows the python block that prints it"
            check_shown(block.text, before, where)
        else:
            raise AssertionError(f"{where}: nothing is known about ```{block.language}")
    return last


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """An empty working folder; the number of threads is as before afterwards."""
    monkeypatch.chdir(tmp_path)
    use_threads(1)
    yield tmp_path
    use_threads(most_threads())


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_the_page_works_for_a_reader_who_starts_there(page, desk):
    for extra in EXTRAS.get(page.name, ()):
        pytest.importorskip(extra)
    read_page(page, write_files_before(page))


@pytest.mark.slow
def test_the_pages_work_one_after_the_other(desk):
    for extra in (name for names in EXTRAS.values() for name in names):
        pytest.importorskip(extra)
    last = ""
    for page in PAGES:
        last = read_page(page, last)


# --- the pages as text --------------------------------------------------------------------------------


def test_there_are_six_pages_each_leads_to_the_next():
    assert [name[0] for name in NAMES] == list("123456")
    for page, following in itertools.pairwise(PAGES):
        assert f"]({following.name})" in page.read_text("utf-8").splitlines()[-1], page.name


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_the_page_is_short_and_its_blocks_are_all_seen(page):
    lines = page.read_text("utf-8").splitlines()
    assert len(lines) < LONGEST_PAGE
    assert sum(line.lstrip().startswith("```") for line in lines) == 2 * len(blocks_of(page))
    assert max(len(line) for line in lines if not line.startswith("|")) <= WIDEST_LINE


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_somewhere(page):
    prose = FENCE.sub("", page.read_text("utf-8"))
    for link in LINK.findall(prose):
        if link.startswith("http"):
            continue
        target, _, anchor = link.partition("#")
        path = page.parent / target if target else page
        assert path.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), flags=re.MULTILINE)
            slugs = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
            assert anchor in slugs, link


def test_pictures_are_small_and_shown_with_the_command_that_draws_them():
    text = "".join(page.read_text("utf-8") for page in PAGES)
    for link in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text):
        assert (DOCS / link).stat().st_size < LARGEST_PICTURE, link
        assert re.search(rf"^\$ tissue-sim plot .*--output {re.escape(link)}$", text, re.MULTILINE), link


def test_the_layout_is_that_of_a_run(desk):
    page = DOCS / "2_reading_the_output.md"
    write_files_before(page)
    paths = re.findall(r"`/([\w/]+)`", FENCE.sub("", page.read_text("utf-8")))
    assert len(paths) >= 8
    words = ["run", "colony.yaml", "--set", "duration=6 min", "--output", "run", "--quiet", "--no-picture"]
    assert main(words) == 0
    with h5py.File("run/run.h5") as file:
        assert [path for path in paths if path not in file] == []


@pytest.mark.parametrize(
    ("shown", "printed", "right"),
    [
        ("a\nb\n", "a  \nb\n\n", True),
        ("a\n", "a\nb\n", False),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("...\nd\n", "a\nb\n", False),
        ("took ... s, fine\n", "took 0.3 s, fine\n", True),
        ("took ... s, fine\n", "took 0.3 s,\nfine\n", False),
        ("1.5\n", "1x5\n", False),
    ],
)
def test_shown_lines_are_compared_strictly(shown, printed, right):
    assert comes_out(shown, printed) is right
