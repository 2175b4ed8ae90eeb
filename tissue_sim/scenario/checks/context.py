"""What all checks look at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tissue_sim.mechanics.further_columns import further_columns
from tissue_sim.scenario.positions import MapNode, child
from tissue_sim.tissue.names import DeclaredNames

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from tissue_sim.scenario.files import Files
    from tissue_sim.scenario.schema import ScenarioSettings
    from tissue_sim.scenario.validation import Validated
    from tissue_sim.tissue.domain import Domain

__all__ = ["Context"]


@dataclass
class Context:
    """A scenario during its checks.

    What was wrong is taken out of `settings`; names that the file declares count as declared all the same, so
    that one mistake does not cause others.

    Attributes
    ----------
    settings : ScenarioSettings
    validated : Validated
        Says what was taken out.
    files : Files
    domain : Domain or None
        None where it is wrong.
    models : dict of network to NetworkModel
        Those that could be read.
    masks : dict of file name to array
        Those that could be read.
    earlier : Context or None
        Another form of the same file; networks that are the same in it are not read again.
    """

    settings: ScenarioSettings
    validated: Validated
    files: Files
    domain: Domain | None = None
    models: dict[str, Any] = field(default_factory=dict)
    masks: dict[str, np.ndarray] = field(default_factory=dict)
    earlier: Context | None = None

    def declared(self, section: str) -> tuple[str, ...]:
        """Return every name a section declares, those taken out included."""
        node = child(self.validated.root, section)
        if not isinstance(node, MapNode):
            return ()
        present = getattr(self.settings, section)
        return (*present, *sorted(node.pruned - present.keys()))

    def wrongly_declared(self, section: str) -> frozenset[str]:
        """Return the names of a section whose declaration was taken out."""
        return frozenset(self.declared(section)).difference(getattr(self.settings, section))

    def is_there(self, section: str) -> bool:
        """Say whether a section stands in the file with at least one name, right or wrong."""
        root = self.validated.root
        return isinstance(root, MapNode) and section not in root.pruned and bool(self.declared(section))

    def is_sound(self, *path: str | int) -> bool:
        """Say whether nothing wrong was taken out at, above or below a path."""
        return self.validated.is_sound(*path)

    @property
    def units(self) -> dict[str, str]:
        """Signal -> its unit, for the signals whose settings are right."""
        return {name: signal.unit for name, signal in self.settings.signals.items()}

    def species(self) -> dict[str, tuple[str, ...] | None]:
        """Network -> its readable values, None where it could not be read."""
        return {
            name: (
                (*self.models[name].species_names, *self.models[name].assigned_names)
                if name in self.models
                else None
            )
            for name in self.declared("networks")
        }

    def names(self, behaviours: Mapping[str, str] | None = None, unread: str = "") -> DeclaredNames:
        """Return what expressions may name; `behaviours` None lets any behaviour through."""
        return replace(self._names, behaviours=behaviours, unread=unread)

    @cached_property
    def _names(self) -> DeclaredNames:
        """Names without behaviours; asked for only after the networks were read."""
        columns = {name: column.unit for name, column in self.settings.columns.items()}
        mechanics = [kind.mechanics for kind in self.settings.cell_types.values()]
        columns |= further_columns(mechanics, self.settings.basement_membranes)
        columns |= dict.fromkeys(self.wrongly_declared("columns"), "1")
        return DeclaredNames(
            signals={name: self.units.get(name, "1") for name in self.declared("signals")},
            networks=self.species(),
            columns=columns,
            cell_types=self.declared("cell_types"),
            parameters=frozenset(self.declared("parameters")),
            phases=self._phases(),
        )

    def _phases(self) -> frozenset[str] | None:
        if not self.is_sound("cell_types"):
            return None
        names = {"live"}
        for kind in self.settings.cell_types.values():
            names |= set(getattr(kind.cycle, "phases", None) or ())
        return frozenset(names)
