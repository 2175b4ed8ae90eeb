"""Every file the scenario names: whether it is there, and can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.errors import Problem, SettingsError
from tissue_sim.scenario.files import is_diffusion_file, named_files, read_mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tissue_sim.scenario.checks.context import Context

__all__ = ["check_files"]


def check_files(context: Context) -> Iterator[Problem]:
    """Yield files that cannot be read; keep contents and masks in the context."""
    for path, name in named_files(context.validated.root):
        try:
            content = context.files.read(name)
            if path[-1] == "mask" or is_diffusion_file(path):
                context.masks[name] = read_mask(content)
        except SettingsError as error:
            yield Problem(path, error.message)
    seen: set[str] = set()
    for number, name in enumerate(context.settings.extensions):
        place = ("extensions", number)
        stem = name.rpartition("/")[2].removesuffix(".py")
        if not name.endswith(".py") or not stem.isidentifier():
            yield Problem(place, f"'{name[:60]}' is no Python file; write the name of a .py file")
            continue
        if stem in seen:
            yield Problem(place, f"two extensions are called {stem}.py; rename one")
        seen.add(stem)
        try:
            context.files.read_extension(name)
        except SettingsError as error:
            yield Problem(place, error.message)
