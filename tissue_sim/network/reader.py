"""What a reader of a network format is, and how the readers are found."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from tissue_sim.network.discovery import classes_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tissue_sim.network.learned.terms import LearnedTerm
    from tissue_sim.network.model import NetworkModel
    from tissue_sim.tissue.distributions import Distribution

__all__ = ["Given", "Reader", "readers"]


@dataclass(frozen=True)
class Given:
    """What the scenario says beside the source itself.

    Attributes
    ----------
    parameters, initial : mapping of name to Distribution
    inputs : tuple of str
    shared : mapping of name to value
        The scenario's own parameters.
    further_files : tuple of (str, bytes)
        Name and content of what belongs to the file: the .cfg files of a .bnd, in order.
    mutants : mapping of name to bool
        Nodes held on or off from the start.
    species : tuple of str
        Names of a learned network's outputs.
    period : float or None
        Of a discrete map, in network time.
    learned : tuple of LearnedTerm
        Learned functions whose outputs the network uses.
    """

    parameters: Mapping[str, Distribution] = field(default_factory=dict)
    initial: Mapping[str, Distribution] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    shared: Mapping[str, float] = field(default_factory=dict)
    further_files: tuple[tuple[str, bytes], ...] = ()
    mutants: Mapping[str, bool] = field(default_factory=dict)
    species: tuple[str, ...] = ()
    period: float | None = None
    learned: tuple[LearnedTerm, ...] = ()


class Reader:
    """Base of the readers, one file of `network.readers` each.

    Attributes
    ----------
    name : str
        The key of `networks:` it reads.
    """

    name: ClassVar[str] = ""

    def read(self, content: bytes, file_name: str, given: Given) -> NetworkModel:
        """Return the network in `content`, with what the scenario gives.

        Raises
        ------
        SettingsError
            The content cannot be read or holds what is not supported; the message names it.
        MissingExtraError
            An optional dependency is not installed.
        """
        raise NotImplementedError


@lru_cache(maxsize=1)
def readers() -> Mapping[str, Reader]:
    """Return every reader by its key."""
    from tissue_sim.network import readers as folder

    return {each.name: each() for each in classes_in(folder, Reader)}
