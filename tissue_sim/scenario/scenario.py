"""A scenario: the validated content of one YAML file, with everything it names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tissue_sim.scenario.loading import Loaded, load
from tissue_sim.scenario.placement import Placement, place
from tissue_sim.scenario.positions import Node, problem_at
from tissue_sim.scenario.to_plain import yaml_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from tissue_sim.errors import Problem
    from tissue_sim.network.model import NetworkModel
    from tissue_sim.scenario.schema import ScenarioSettings
    from tissue_sim.tissue.domain import Domain

__all__ = ["Scenario", "load_scenario", "load_scenario_text"]


@dataclass(frozen=True)
class Scenario:
    """What a run needs to know; nothing in it changes.

    Attributes
    ----------
    settings : ScenarioSettings
        All values, merged and validated.
    path : Path
        The file, or the folder that names are relative to.
    text : str
        The file as it was read.
    domain : Domain
    models : dict of network name to NetworkModel
    files : dict of name to bytes
        Contents of the files named in it; extensions by their absolute path.
    hashes : dict of name to str
        Their sha256, hexadecimal.
    masks : dict of file name to array (nz, ny, nx)
    warnings : tuple of str
        What is allowed but may not be meant, each with its place.
    """

    settings: ScenarioSettings
    path: Path
    text: str
    domain: Domain
    models: dict[str, NetworkModel] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    masks: dict[str, np.ndarray] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    _tree: dict[str, Any] = field(default_factory=dict, repr=False)
    _root: Node | None = field(default=None, repr=False)
    _extensions: tuple[Path, ...] = field(default=(), repr=False)

    def resolved(self) -> dict[str, Any]:
        """Return the keys of the file after merging `short`, ``--set``, ``--seed`` and `like`.

        Read again it gives the same scenario; extensions are named by their absolute paths.
        """
        import copy

        return copy.deepcopy(self._tree)

    def to_yaml(self) -> str:
        """Return `resolved` as YAML in block style."""
        return yaml_text(self._tree)

    def extension_paths(self) -> tuple[Path, ...]:
        """Return the Python files to import, whose content was the one in `files` when this was loaded."""
        return self._extensions

    def located(self, problem: Problem) -> Problem:
        """Return a problem with the file, line and column of the value its path leads to."""
        return problem if self._root is None else problem_at(self._root, problem)

    def place_cells(self, key: int) -> Placement:
        """Return the first cells: positions, types and further columns.

        Parameters
        ----------
        key : int
            Key of the random numbers.
        """
        from tissue_sim.scenario.checks.cells import csv_columns

        volumes = {name: kind.volume for name, kind in self.settings.cell_types.items()}
        return place(
            self.settings.initial, self.domain, volumes, self.files, csv_columns(self.settings), int(key)
        )


def load_scenario(
    path: str | Path, *, short: bool = False, overrides: Sequence[str] = (), seed: int | None = None
) -> Scenario:
    """Read, merge and check a scenario file.

    Parameters
    ----------
    path : str or Path
    short : bool
        Merge its ``short:`` form.
    overrides : sequence of str
        ``PATH=VALUE`` each, in order.
    seed : int, optional
        Replaces the file's.

    Raises
    ------
    ScenarioError
        With every mistake, each with file, line and column.
    """
    from tissue_sim.scenario.limits import read_text

    text = read_text(Path(path), str(path))
    folder = Path(path).parent
    return _scenario(load(text, str(path), folder, short=short, overrides=overrides, seed=seed), Path(path))


def load_scenario_text(
    text: str,
    folder: str | Path = ".",
    *,
    name: str = "scenario",
    files: Mapping[str, bytes] | None = None,
    short: bool = False,
    overrides: Sequence[str] = (),
    seed: int | None = None,
) -> Scenario:
    """Read a scenario from text.

    Parameters
    ----------
    text : str
        YAML.
    folder : path
        What file names are relative to.
    name : str
        As shown in errors.
    files : mapping of name to bytes, optional
        Stored contents, used instead of the disk; extensions on disk must equal theirs.
    short, overrides, seed
        As for `load_scenario`.

    Raises
    ------
    ScenarioError
        With every mistake.
    """
    loaded = load(text, name, Path(folder), files=files, short=short, overrides=overrides, seed=seed)
    return _scenario(loaded, Path(folder))


def _scenario(loaded: Loaded, path: Path) -> Scenario:
    return Scenario(
        loaded.settings,
        path,
        loaded.text,
        loaded.domain,
        loaded.models,
        dict(loaded.files.contents),
        loaded.files.hashes(),
        loaded.masks,
        loaded.warnings,
        loaded.tree,
        loaded.root,
        loaded.extensions,
    )
