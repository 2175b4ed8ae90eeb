"""The process that advances all signals, with what cells exchange with them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from tissue_sim.errors import SettingsError, SimulationError
from tissue_sim.signals.behaviours import behaviours
from tissue_sim.signals.cell_rates import CellPlaces, CellRates
from tissue_sim.signals.ledger import Amounts, Ledger
from tissue_sim.signals.one_signal import OneSignal
from tissue_sim.signals.reactions.splitting import SplitReactions
from tissue_sim.signals.solver.summation import total
from tissue_sim.tissue.process import Process

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.signals.reactions.reactions import Reactions
    from tissue_sim.signals.settings import ExchangeSettings, FixedSettings, SignalSettings, SourceSettings
    from tissue_sim.tissue.behaviours import Behaviour
    from tissue_sim.tissue.model import TissueModel

__all__ = ["SignalsProcess"]


class SignalsProcess(Process):
    """Advances every signal by the signals step, one after the other in the order declared.

    Reactions between signals have the first and the last half of the step for themselves; see
    `signals.reactions.splitting`.

    Creates ``tissue.fields`` and declares the behaviours ``exchange.SIGNAL.*``; a cell type that lacks one
    has 0.

    Parameters
    ----------
    tissue : TissueModel
        Its domain has a grid.
    signals : mapping of signal to SignalSettings
    exchange : mapping of cell type to (mapping of signal to ExchangeSettings)
    sources : sequence of SourceSettings
    fixed : sequence of FixedSettings
    masks : mapping of file name to array (nz, ny, nx)
        Of fixed voxels and of diffusion fields.
    reactions : Reactions or None
        Between the signals.

    Raises
    ------
    SettingsError
        For settings that `signals.checks` would refuse.
    """

    name: ClassVar[str] = "signals"
    step_names: tuple[str, ...] = ("signals",)
    order: ClassVar[int] = 60

    def __init__(
        self,
        tissue: TissueModel,
        signals: Mapping[str, SignalSettings],
        exchange: Mapping[str, Mapping[str, ExchangeSettings]],
        sources: Sequence[SourceSettings] = (),
        fixed: Sequence[FixedSettings] = (),
        masks: Mapping[str, np.ndarray] | None = None,
        reactions: Reactions | None = None,
    ) -> None:
        grid = tissue.domain.grid
        if grid is None:
            raise SettingsError("signals need a grid; give `domain.spacing`")
        self._tissue = tissue
        self._exchange, self._sources, self._fixed, self._masks = exchange, sources, fixed, masks or {}
        self._work = np.zeros((4, math.prod(grid.shape)))
        _declare(tissue, exchange, {name: each.unit for name, each in signals.items()})
        self._signals: dict[str, OneSignal] = {}
        for name, settings in signals.items():
            self.rebuild(name, settings)
            tissue.fields[name] = self._signals[name].initial_field(tissue)
            tissue.field_units[name] = settings.unit
        self._reactions: SplitReactions | None = None
        if reactions is not None and reactions.rates:
            self._reactions = SplitReactions(reactions, grid, {entry.signal for entry in fixed})
        self._ledger = Ledger({name: self._total(name) for name in signals})
        self.cells_outside = 0
        self.most_cells_outside = 0

    def settings_of(self, signal: str) -> SignalSettings:
        """Return a signal's settings as they are now."""
        return self._signals[signal].settings

    def rebuild(self, signal: str, settings: SignalSettings) -> None:
        """Set up one signal's solver for new settings; field, ledger and counters go on."""
        grid = self._tissue.domain.grid
        assert grid is not None
        before = self._signals.get(signal)
        built = OneSignal(
            signal, settings, grid, self._exchange, self._tissue.cell_types, self._sources, self._fixed,
            self._masks, self._work, self._tissue.parameters,
        )  # fmt: skip
        if before is not None:
            built.restore_counts(before.counts())
        self._signals[signal] = built

    def change(
        self,
        signals: Mapping[str, SignalSettings],
        sources: Sequence[SourceSettings],
        fixed: Sequence[FixedSettings],
        *,
        impose: bool = True,
    ) -> None:
        """Go on with other settings of some signals; masks and exchange stay.

        Parameters
        ----------
        signals : mapping of signal to SignalSettings
            Those that change, by themselves or by their sources and fixed voxels.
        sources, fixed : sequence
            Of all signals.
        impose : bool
            Put fixed voxels and prescribed fields at once at their new values; False where the field has
            them already.
        """
        self._sources, self._fixed = sources, fixed
        for name, settings in signals.items():
            self.rebuild(name, settings)
            if impose:
                field = self._tissue.fields[name]
                self._ledger.book(name, self._signals[name].impose(self._tissue, field))

    def advance(self, tissue: TissueModel, dt: float) -> None:
        """Advance all signals by `dt` min, exchanging with the cells as they are now."""
        places = CellPlaces.of(tissue)
        self.cells_outside = places.outside
        self.most_cells_outside = max(self.most_cells_outside, places.outside)
        if self._reactions is not None:
            self._book(self._reactions.before(tissue, self._signals, dt))
        for name in self._signals:
            self._advance_one(tissue, name, places, dt)
        if self._reactions is not None:
            self._book(self._reactions.after(tissue, self._signals, dt))

    def added(self, tissue: TissueModel, rows: np.ndarray) -> None:  # noqa: ARG002 - all cells count
        """Put steady signals into their state with the founders, which so sense it from the start."""
        if tissue.clock.tick == 0 and any(each.steady for each in self._signals.values()):
            places = CellPlaces.of(tissue)
            for name, each in self._signals.items():
                if each.steady:
                    self._advance_one(tissue, name, places, 0.0)

    def removed(self, tissue: TissueModel, keep: np.ndarray) -> None:
        """Leave what a membrane species holds in the cells' voxels, before rows where `keep` is False go."""
        for name, each in self._signals.items():
            if each.membrane is not None:
                amounts, before = Amounts(), self._total(name)
                released = each.membrane.release(tissue, tissue.fields[name], keep, each.grid.voxel_volume)
                amounts.add("removal", released)
                if each.settings.precision == "float32":
                    amounts.add("unsolved", self._total(name) - before - released)
                self._ledger.book(name, amounts)

    def ledger(self) -> dict[str, dict[str, float]]:
        """Return the books of every signal since the start, unit um^3.

        ``field = initial + sum of all other lines``; see `signals.ledger.LINES`.
        """
        return {name: self._ledger.lines(name, self._total(name)) for name in self._signals}

    def counters(self) -> dict[str, int]:
        """Return what `info` shows: cells outside (now, at most) and, per signal, steps redone, halvings."""
        counts: dict[str, int] = {
            "cells outside": self.cells_outside,
            "most cells outside": self.most_cells_outside,
        }
        for name, each in self._signals.items():
            halvings, redone = each.counts()
            counts[f"{name}: steps redone by backward Euler"] = redone
            if each.settings.tolerance is not None:
                counts[f"{name}: halvings of the step"] = halvings
        if self._reactions is not None:
            counts["voxels with stiff reactions"] = self._reactions.stiff_voxels
        return counts

    def state(self) -> dict[str, np.ndarray]:
        """Return ledger, counters, halvings and the voxels' steps of reactions."""
        reactions = {} if self._reactions is None else {"reactions": self._reactions.state()}
        counts = [each.counts() for each in self._signals.values()]
        return {
            **{f"ledger/{key}": values for key, values in self._ledger.state().items()},
            "counts": np.array(counts, dtype=np.int64).reshape(len(counts), 2),
            "outside": np.array([self.cells_outside, self.most_cells_outside], dtype=np.int64),
            **reactions,
        }

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` returned."""
        prefix = "ledger/"
        self._ledger.restore(
            {key[len(prefix) :]: values for key, values in state.items() if key.startswith(prefix)}
        )
        for each, counts in zip(self._signals.values(), state["counts"], strict=True):
            each.restore_counts((int(counts[0]), int(counts[1])))
        self.cells_outside, self.most_cells_outside = (int(number) for number in state["outside"])
        if self._reactions is not None:
            self._reactions.restore(state["reactions"])

    def _advance_one(self, tissue: TissueModel, name: str, places: CellPlaces, dt: float) -> None:
        field = tissue.fields[name]
        try:
            cells = CellRates.of(tissue, name, places)
            amounts = self._signals[name].advance(tissue, field, cells, dt)
        except (SimulationError, SettingsError) as error:
            if isinstance(error, SimulationError) and error.process:
                raise
            raise SimulationError(
                str(error), process=self.name, time=tissue.clock.time, signal=name
            ) from error
        self._ledger.book(name, amounts)
        if not math.isfinite(total(field)):
            bad = np.argwhere(~np.isfinite(field))
            where = f", first in voxel (z, y, x) = {tuple(bad[0].tolist())}" if len(bad) else ""
            raise SimulationError(
                f"the field is not finite after the step of {dt:g} min{where}; check the rates of exchange "
                "and the rules, network outputs and columns that steer them",
                process=self.name,
                time=tissue.clock.time,
                signal=name,
            )

    def _book(self, amounts: Mapping[str, Amounts]) -> None:
        for name, each in amounts.items():
            self._ledger.book(name, each)

    def _total(self, name: str) -> float:
        field = self._tissue.fields[name]
        return total(field) * self._signals[name].grid.voxel_volume


def _declare(
    tissue: TissueModel, exchange: Mapping[str, Mapping[str, ExchangeSettings]], units: Mapping[str, str]
) -> None:
    """Declare the union of the types' behaviours; a type without one has 0."""
    declared: dict[str, Behaviour] = {}
    values: dict[str, list[float]] = {}
    for number, cell_type in enumerate(tissue.cell_types):
        for behaviour, value in behaviours(exchange.get(cell_type, {}), units):
            declared[behaviour.name] = behaviour
            values.setdefault(behaviour.name, [0.0] * len(tissue.cell_types))[number] = value
    for name, behaviour in declared.items():
        tissue.behaviours.declare(behaviour, values[name])
