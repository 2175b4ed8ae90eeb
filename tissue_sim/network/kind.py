"""What a kind of network is, and how the kinds are found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.syntax import Name
from tissue_sim.errors import SettingsError
from tissue_sim.network.discovery import classes_in

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import numpy as np

    from tissue_sim.network.initial import InitialValues
    from tissue_sim.network.model import NetworkModel
    from tissue_sim.network.settings import ToleranceSettings

__all__ = ["Draws", "Kind", "kinds"]


@dataclass(frozen=True)
class Draws:
    """What the random numbers of one step are keyed by, beside purpose and draw.

    Attributes
    ----------
    key : uint64
        Of the seed.
    cell_ids : int64[p]
        Of the rows that are advanced.
    tick : int
        Of the clock, at the start of the step.
    """

    key: Any
    cell_ids: np.ndarray
    tick: int


class Kind:
    """Base of the kinds, one file of `network.kinds` each: how a model is advanced.

    A kind keeps all that changes in rows of values, float64[m, k], one row per cell.

    Attributes
    ----------
    name : str
        The `method:` of the scenario.
    executes_events : bool
        Whether it executes the events of a model; others refuse models with events.
    names : tuple of str
        What the k values of a row are: species first; ``frozen`` (1: no longer advanced) is among them.
    recorded : tuple of str
        Those written as columns.
    whole : tuple of str
        Those of them that are whole numbers, 0 or more.
    boolean : bool
        Advances Boolean nodes, and nothing else.
    model : NetworkModel
    shared : mapping of name to value
        Parameters that are the same for all cells.
    initial : InitialValues
    partition : str
        What division does to amounts if the scenario does not say: ``volume`` or ``binomial``.
    counts : bool
        Amounts are whole numbers of molecules.
    takes_learned : bool
        It advances formulas that apply learned functions.
    """

    name: ClassVar[str] = ""
    executes_events: ClassVar[bool] = False
    takes_learned: ClassVar[bool] = False
    partition: ClassVar[str] = "volume"
    counts: ClassVar[bool] = False
    names: tuple[str, ...]
    recorded: tuple[str, ...]
    whole: tuple[str, ...] = ()
    boolean: ClassVar[bool] = False
    model: NetworkModel
    shared: Mapping[str, float]
    initial: InitialValues

    def __init__(self, model: NetworkModel, tolerance: ToleranceSettings, number: int) -> None:
        raise NotImplementedError

    @classmethod
    def check(cls, model: NetworkModel) -> None:
        """Raise SettingsError where this kind cannot advance a model; the message names what is missing."""

    def start(
        self,
        values: np.ndarray,
        places: np.ndarray,
        cell_ids: np.ndarray,
        *,
        key: Any,
        tick: int,
        time: float,
        inputs: Mapping[str, np.ndarray],
    ) -> None:
        """Give the rows `places` (int64[p]) of `values` their first values.

        Parameters
        ----------
        values : float64[m, k]
        cell_ids : int64[p]
        key, tick
            Of the draws.
        time : float
            In network units.
        inputs : mapping of name to float64[p]
        """
        raise NotImplementedError

    def restart(
        self,
        values: np.ndarray,
        places: np.ndarray,
        cell_ids: np.ndarray,
        names: tuple[str, ...],
        *,
        key: Any,
        tick: int,
        time: float,
    ) -> None:
        """Give the species `names` of some rows their first values anew."""
        inputs = {name: values[places, self.names.index(name)] for name in self.model.inputs}
        first = self.first_values(cell_ids, key, tick, time, inputs)
        for name in names:
            values[places, self.names.index(name)] = first[name]

    def first_values(
        self, cell_ids: np.ndarray, key: Any, tick: int, time: float, inputs: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Return every symbol's first value in some cells, float64[p] each; see `InitialValues.draw`."""
        return self.initial.draw(key, cell_ids, tick, time, inputs)

    def advance(
        self,
        values: np.ndarray,
        places: np.ndarray,
        *,
        start: float,
        duration: float,
        inputs: Mapping[str, np.ndarray],
        draws: Draws | None = None,
    ) -> np.ndarray:
        """Advance the rows `places` (int64[p]) from `start` by `duration`, both in network units.

        Kinds that draw need `draws`.

        Returns
        -------
        int64[p]
            0, or a code for `describe`; a row whose code is not 0 keeps its values. `NO_ROOM`: the row needs
            more places, see `network.advancing`.
        """
        raise NotImplementedError

    def wider(self, width: int) -> int:
        """Return the width to give rows of `width` values that `advance` found too narrow (`NO_ROOM`)."""
        raise NotImplementedError

    def refresh(self, values: np.ndarray, places: np.ndarray, time: float) -> None:
        """Bring what is derived from species up to date after they were changed from outside."""

    def symbol(self, values: np.ndarray, name: str, time: float) -> np.ndarray | float:
        """Return one symbol of the model in all rows, from the rows or by its formula; float64[m] or one."""
        definitions = self.model.definitions()

        def lookup(each: Name) -> np.ndarray | float:
            symbol = each.path[0]
            if symbol in self.names:
                column: np.ndarray = values[:, self.names.index(symbol)]
                return column
            if symbol in self.shared:
                return self.shared[symbol]
            return time if symbol == "time" else evaluate(definitions[symbol], lookup)

        return lookup(Name((name,)))

    # --- interventions --------------------------------------------------------------------------------

    @classmethod
    def with_holds(cls, model: NetworkModel, held: Collection[str], scaled: Collection[str]) -> NetworkModel:
        """Return the model in a form in which `hold` can act.

        Parameters
        ----------
        held : names of species
            Some cells will have them held at a value.
        scaled : names of species
            Some cells will have their production times a factor.

        Raises
        ------
        SettingsError
            This kind cannot do that to one of them; the message begins with the species.
        """
        for name in (*held, *scaled):
            raise SettingsError(f"'{name}' cannot be held or scaled in a network of method {cls.name}")
        return model

    def hold(
        self, values: np.ndarray, places: np.ndarray, species: str, held: np.ndarray, factor: np.ndarray
    ) -> None:
        """From now on hold a species in the rows `places` (int64[p]), or scale its production.

        A held species keeps its value to the last bit, through events too, until it is let go.

        Parameters
        ----------
        held : float64[p]
            The value; NaN where the species is free.
        factor : float64[p]
            Of the production, 1 where nothing is scaled.
        """
        raise NotImplementedError

    def changed(self, values: np.ndarray, places: np.ndarray, time: float) -> None:
        """Follow a change of species or parameters from outside."""
        self.refresh(values, places, time)

    def unit_of(self, values: np.ndarray, places: np.ndarray, species: str) -> np.ndarray | float:
        """Return what one molecule adds to a species' value in some rows, float64[p] or one number."""
        unit = next(each.per_amount for each in self.model.species if each.name == species)
        rows = values[places]
        return evaluate(unit, lambda name: self.symbol(rows, name.path[0], 0.0))

    def describe(self, code: int) -> str:
        """Return what a code of `advance` means and what to do."""
        raise NotImplementedError

    def culprit(self, row: np.ndarray, time: float, code: int) -> str | None:
        """Return the species by which a row (float64[1, k]) is about to fail, '' where that cannot be told.

        None where `describe` says it all.
        """
        del row, time, code
        return None

    def is_amount(self, species: str) -> bool:
        """Say whether a species' value is an amount, which division splits."""
        raise NotImplementedError


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, type[Kind]]:
    """Return every kind by its name."""
    from tissue_sim.network import kinds as folder

    return {each.name: each for each in classes_in(folder, Kind)}
