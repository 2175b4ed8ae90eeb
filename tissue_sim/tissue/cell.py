"""The cell as a mesa agent: a thin view on one row of the population."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
from mesa.agent import AgentSet

from tissue_sim.errors import CellRemovedError, ColumnError, UsageError, did_you_mean
from tissue_sim.tissue.names_of_values import NAMED_COLUMNS, decode
from tissue_sim.tissue.random_stream import RandomStream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tissue_sim.tissue.model import TissueModel

__all__ = ["Cell", "CellSet"]

OWN_ATTRIBUTES = frozenset({"model", "unique_id", "_cell_id", "_stream", "pos"})


class Cell(mesa.Agent):  # type: ignore[misc]
    """One cell; holds only the model and its ``cell_id``.

    Columns are attributes (``cell.age``, ``cell.position``), read as read-only copies and set by assignment.
    Any quantity is an item: ``cell["signal.oxygen"]``, ``cell["network.hypoxia.HIF"]``,
    ``cell["motility.speed"] = 2``. Subclass it and override `step`, `at_division` or `at_death`; name the
    class under ``agent:`` of a cell type.

    Attributes
    ----------
    unique_id : int
        The cell_id.
    removed : bool
        Whether the cell has left the tissue; every other attribute then raises `CellRemovedError`.
    """

    model: TissueModel

    def __init__(self, model: TissueModel, cell_id: int) -> None:
        # Agent.__init__ would draw an id from a class-level counter that keeps every model alive.
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "unique_id", cell_id)
        object.__setattr__(self, "_cell_id", cell_id)
        model.register_agent(self)

    def step(self) -> None:
        """Act once every lifecycle step; override it."""

    def at_division(self, daughter: Cell) -> None:
        """Act when this cell has divided; `daughter` is the new cell, this one is the mother; override it."""

    def at_death(self, cause: str) -> None:
        """Act when this cell dies of `cause`; override it."""

    def divide(self, axis: Sequence[float] | None = None) -> None:
        """Ask for division along `axis` (a vector; random if None) at the next point of births and deaths."""
        axes = None
        if axis is not None:
            vector = np.asarray(axis, dtype=np.float64).reshape(1, 3)
            axes = vector / np.linalg.norm(vector)
        self.model.ask("division", np.array([self._cell_id]), axes=axes)

    def die(self, cause: str = "apoptosis") -> None:
        """Ask for death by ``apoptosis`` or ``necrosis``."""
        self.model.ask("death", np.array([self._cell_id]), cause=cause)

    def remove(self) -> None:
        """Ask for removal from the tissue."""
        self.model.ask("removal", np.array([self._cell_id]), cause="removed")

    @property
    def removed(self) -> bool:
        """Whether the cell has left the tissue."""
        try:
            self.model.population.row_of(self._cell_id)
        except CellRemovedError:
            return True
        return False

    @property
    def pos(self) -> np.ndarray:
        """The position, as mesa's spaces call it."""
        return np.asarray(self.__getattr__("position"))

    @property
    def random(self) -> RandomStream:
        """Random numbers keyed by seed, cell and time."""
        return self.model.random_stream(self._cell_id)

    @property
    def rng(self) -> Any:
        """Refuse: a numpy generator would have a state of its own."""
        raise UsageError("use cell.random, whose numbers depend on seed, cell and time only")

    @property
    def neighbours_in_contact(self) -> list[Cell]:
        """The live cells in contact with this one, in cell_id order."""
        return self.model.cells_in_contact(self._cell_id)

    @property
    def attached(self) -> list[Cell]:
        """The cells attached to this one, in cell_id order."""
        self.model.population.row_of(self._cell_id)
        return [self.model.cell(each) for each in self.model.attachments.of(self._cell_id)]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        row = self.model.population.row_of(self._cell_id)
        if name in NAMED_COLUMNS:
            return decode(self.model, name, row)
        if name not in self.model.population:
            raise _unknown(self.model, name)
        return _read_only(self.model.population[name][row])

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.model.population:
            self[name] = value
        elif isinstance(getattr(type(self), name, None), property):
            raise AttributeError(f"'{name}' cannot be set")
        else:
            raise _unknown(self.model, name)

    def __getitem__(self, quantity: str) -> Any:
        """Return one quantity by its dotted name, as in expressions."""
        row = self.model.population.row_of(self._cell_id)
        return _read_only(self.model.quantities.value(quantity)[row])

    def __setitem__(self, quantity: str, value: Any) -> None:
        """Set a column, a behaviour's own value or a network species."""
        row = self.model.population.row_of(self._cell_id)
        self.model.quantities.set(quantity, np.array([row]), np.asarray(value, dtype=np.float64)[None])

    def __repr__(self) -> str:
        """Name the cell, and what became of it."""
        if self.removed:
            return f"<{type(self).__name__} {self._cell_id}, removed>"
        return f"<{type(self).__name__} {self._cell_id}, {self.type}, {self.state}>"


def _unknown(model: TissueModel, name: str) -> ColumnError:
    known = [column for column in model.population.columns if "." not in column]
    return ColumnError(
        f"a cell has no '{name}'{did_you_mean(name, known)}; declare it in the scenario, "
        f"`columns: {{{name}: {{initial: 0}}}}`, or in Python, tissue.add_column(Column('{name}', 'f8'))"
    )


def _read_only(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = value.copy()
        value.flags.writeable = False
        return value
    return value.item() if isinstance(value, np.generic) else value


class CellSet(AgentSet):  # type: ignore[misc]
    """Mesa's AgentSet over all cells; `get`, `set` and `agg` of a column go to the arrays."""

    def _model_of(self, name: Any) -> TissueModel | None:
        if not isinstance(name, str) or not len(self):
            return None
        model: TissueModel = next(iter(self)).model
        # Cells may have been added or taken by hand; only the complete set is the arrays.
        whole = len(self) == model.population.size
        return model if whole and name in model.population and name not in NAMED_COLUMNS else None

    def get(self, attr_names: Any, handle_missing: Any = "error", default_value: Any = None) -> Any:
        """As mesa's; a list."""
        model = self._model_of(attr_names)
        if model is None:
            return super().get(attr_names, handle_missing, default_value)
        values = model.population[attr_names].copy()
        return list(values) if values.ndim > 1 else values.tolist()

    def set(self, attr_name: str, value: Any) -> CellSet:
        """As mesa's."""
        model = self._model_of(attr_name)
        if model is None:
            return super().set(attr_name, value)  # type: ignore[no-any-return]
        model.quantities.set(attr_name, np.arange(model.population.size), value)
        return self
