"""``tissue-sim info RUN``: what ran, what came out, how well the books close."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from tissue_sim.analysis.run import Run

__all__ = ["closure_of", "info"]

WIDTH = 12


def info(run: Run) -> str:
    """Return a text about a run: several lines, ready to print."""
    lines = [*_what_ran(run), *_times(run)]
    if len(run.times):
        lines += [*_cells(run), *_signals(run), *_measures(run), *_books(run)]
    lines += [*_counters(run), *_timings(run), *_files(run)]
    return "\n".join(lines) + "\n"


def closure_of(books: pd.DataFrame) -> float:
    """Return how far the last row of a ledger is from closing, relative to the largest amount in it.

    The books close where ``field = initial + sum of all other lines``.
    """
    if books.empty or "field" not in books or "initial" not in books:
        return float("nan")
    last = books.iloc[-1]
    flows = last.drop(["field", "initial"])
    error = float(last["initial"] + flows.sum() - last["field"])
    largest = float(last.abs().max())
    return abs(error) / largest if largest > 0 else abs(error)


def _line(label: str, text: str) -> str:
    return f"{label:<{WIDTH}}{text}"


def _what_ran(run: Run) -> Iterator[str]:
    header = run.header
    versions = dict(header.versions)
    own = versions.pop("tissue_sim", "unknown")
    yield _line("run", str(run.folder))
    yield _line("title", header.title or "(none)")
    yield _line("seed", str(header.seed))
    yield _line("versions", ", ".join([f"tissue_sim {own}", *(f"{k} {v}" for k, v in versions.items())]))
    machine = [header.machine.get(key, "") for key in ("system", "architecture", "processor")]
    if any(machine):
        yield _line("machine", ", ".join(part for part in machine if part))
    if header.started:
        yield _line("started", header.started)
    if header.command:
        yield _line("command", " ".join(header.command))
    for name, checksum in header.checksums.items():
        yield _line("file", f"{name}  sha256 {checksum[:16]}...")


def _times(run: Run) -> Iterator[str]:
    times = run.times
    if len(times) == 0:
        yield _line("times", "no finished snapshot")
        return
    yield _line("times", f"{len(times)} snapshots, {_hours(float(times[0]))} to {_hours(float(times[-1]))} h")


def _cells(run: Run) -> Iterator[str]:
    populations = run.populations()
    if populations.empty:
        return
    last = populations.iloc[-1]
    yield _line("cells", f"{int(last.sum()):,} at the end (of {int(populations.iloc[0].sum()):,})")
    kinds = list(dict.fromkeys(kind for kind, _ in populations.columns))
    widest = max(len(kind) for kind in kinds)
    for kind in kinds:
        parts = [f"{int(number):,} {state}" for state, number in last[kind].items()]
        yield _line("", f"{kind:<{widest}}  {', '.join(parts)}")


def _signals(run: Run) -> Iterator[str]:
    if not run.signals:
        return
    widest = max(len(name) for name in run.signals)
    for i, name in enumerate(run.signals):
        field = run.signal(name).astype(np.float64)
        text = f"min {field.min():.4g}, mean {field.mean():.4g}, max {field.max():.4g} {run.units[name]}"
        yield _line("signals" if i == 0 else "", f"{name:<{widest}}  {text}")


def _measures(run: Run) -> Iterator[str]:
    measures = run.measures()
    for i, name in enumerate(measures.columns):
        yield _line("measures" if i == 0 else "", f"{name} = {measures[name].iloc[-1]:.6g} at the end")


def _books(run: Run) -> Iterator[str]:
    label = "ledger"
    for name in run.signals:
        try:
            books = run.ledger(name)
        except RunError:
            continue
        if books.empty:
            continue
        closure = closure_of(books)
        closes = "" if np.isnan(closure) else f"  closes to {closure:.1e} of the largest line"
        yield _line(label, f"{name}{closes}")
        label = ""
        last = books.iloc[-1]
        # Faces and reactions without any flow say nothing.
        entries = [f"{line} {value:.5g}" for line, value in last.items() if value or line == "field"]
        for start in range(0, len(entries), 5):
            yield _line("", "  " + ", ".join(entries[start : start + 5]))
        yield _line("", f"  ({books.attrs['unit']})")


def _counters(run: Run) -> Iterator[str]:
    for i, (name, count) in enumerate(run.summary()["counters"].items()):
        yield _line("counters" if i == 0 else "", f"{name.replace('_', ' ')}: {count:,}")


def _timings(run: Run) -> Iterator[str]:
    timings = run.summary()["timings"]
    total = sum(timings.values())
    if not timings:
        yield _line("wall time", "not recorded (the run has not ended, or ended abruptly)")
        return
    yield _line("wall time", f"{total:.2f} s")
    widest = max(len(name) for name in timings)
    for name, seconds in sorted(timings.items(), key=lambda item: -item[1]):
        share = seconds / total if total > 0 else 0.0
        yield _line("", f"{name:<{widest}}  {seconds:9.2f} s  {share:5.1%}")


def _files(run: Run) -> Iterator[str]:
    found = sorted(path for path in run.folder.rglob("*") if path.is_file())
    for i, path in enumerate(found):
        size = path.stat().st_size
        yield _line("files" if i == 0 else "", f"{path.relative_to(run.folder)}  {_size(size)}")


def _size(size: int) -> str:
    value = float(size)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def _hours(minutes: float) -> str:
    return f"{minutes / 60:.4g}"
