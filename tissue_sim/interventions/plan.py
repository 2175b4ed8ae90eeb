"""An intervention as the process runs it: names resolved, values in the units of what they go to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tissue_sim.interventions.action import Hold

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from tissue_sim.codegen.syntax import Expression
    from tissue_sim.interventions.schedule import Schedule
    from tissue_sim.tissue.model import TissueModel

__all__ = ["CellValue", "HeldSpecies", "Networks", "Planned", "Receiver", "SettingValue"]


@dataclass(frozen=True)
class SettingValue:
    """A key of the scenario that belongs to the whole tissue.

    Attributes
    ----------
    path : str
    value : object
        As it would stand in the file.
    """

    path: str
    value: Any


@dataclass(frozen=True)
class CellValue:
    """A number that every cell has for itself.

    Attributes
    ----------
    network : str
        The network whose parameter it is, empty for a behaviour.
    name : str
        Parameter or behaviour.
    value : float
    cell_type : int or None
        Only cells of this type.
    """

    network: str
    name: str
    value: float
    cell_type: int | None = None

    @property
    def target(self) -> tuple[str, str]:
        """What it changes, whatever the value."""
        return self.network, self.name


@dataclass(frozen=True)
class HeldSpecies:
    """A species that is held, or made at another speed."""

    network: str
    species: str
    hold: Hold

    @property
    def target(self) -> tuple[str, str]:
        """What it changes, whatever is done."""
        return self.network, self.species


@dataclass(frozen=True)
class Planned:
    """One intervention.

    Attributes
    ----------
    number : int
        Its place in the file; the random numbers of `fraction` are drawn under it.
    schedule : Schedule
    effects : tuple of SettingValue, CellValue and HeldSpecies
    where : Expression or None
    fraction : float
    """

    number: int
    schedule: Schedule
    effects: tuple[SettingValue | CellValue | HeldSpecies, ...]
    where: Expression | None = None
    fraction: float = 1.0


class Receiver(Protocol):
    """Takes over the values of the tissue's own keys."""

    def __call__(self, tissue: TissueModel, values: Sequence[SettingValue], *, impose: bool) -> None:
        """Give every key its value of the scenario, then the `values` in order.

        Parameters
        ----------
        impose : bool
            False where the fields are already those of these values (after a restart).
        """


class Networks(Protocol):
    """What the networks let others do; see `network.outside`."""

    def carriers(self, tissue: TissueModel, network: str) -> np.ndarray:
        """Say which cells are live and carry a network, bool[n]."""

    def rests(self, network: str, species: str) -> bool:
        """Say whether the network itself never changes a species."""

    def is_split(self, network: str, species: str) -> bool:
        """Say whether division splits a species by volume."""

    def hold(
        self,
        tissue: TissueModel,
        network: str,
        species: str,
        rows: np.ndarray,
        held: np.ndarray,
        factor: np.ndarray,
    ) -> None:
        """Hold a species or scale its production in the carriers among rows (int64[m])."""

    def put_back(
        self, tissue: TissueModel, network: str, species: str, rows: np.ndarray, values: np.ndarray
    ) -> None:
        """Write what held species are held at into the carriers among rows; nothing else has changed."""

    def set_value(
        self, tissue: TissueModel, network: str, name: str, rows: np.ndarray, values: np.ndarray
    ) -> None:
        """Set a parameter or species of the carriers among rows (int64[m]); values float64[m]."""
