"""The interventions process: acts between ticks, and keeps up what it has done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tissue_sim.interventions.cell_values import CellValues, present
from tissue_sim.interventions.held_species import SpeciesUnderIntervention
from tissue_sim.interventions.occurrences import Occurrence, Occurrences, members
from tissue_sim.interventions.plan import CellValue, HeldSpecies, SettingValue
from tissue_sim.interventions.schedule import NEVER
from tissue_sim.kernels.philox import fill_uniform
from tissue_sim.random_numbers import Purpose
from tissue_sim.tissue.process import Process

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from tissue_sim.interventions.plan import Networks, Planned, Receiver
    from tissue_sim.tissue.model import TissueModel

__all__ = ["InterventionsProcess"]

FORMER = "former/"
FAR = 1 << 62
"""A tick that never comes."""


class InterventionsProcess(Process):
    """Begins and ends interventions at their ticks.

    Cells are chosen when an intervention begins, among the live cells that carry the network or all cells of
    the type; their daughters share what is done to them until it ends. Cells that are added while it is under
    way are chosen by the same rule. Of several that change one thing, the one that began last prevails;
    factors of production multiply.

    Parameters
    ----------
    tissue : TissueModel
        With all behaviours and networks declared.
    planned : sequence of Planned
    networks : Networks or None
        None where there is none.
    receive : Receiver
        Takes over the values of keys that belong to the whole tissue.
    exchanged : collection of (network, species)
        Species that cells exchange with signals: those are put back after every signals step.
    """

    name: ClassVar[str] = "interventions"
    step_names: tuple[str, ...] = ("signals",)
    order: ClassVar[int] = 90

    def __init__(
        self,
        tissue: TissueModel,
        planned: Sequence[Planned],
        networks: Networks | None,
        receive: Receiver,
        exchanged: Collection[tuple[str, str]] = (),
    ) -> None:
        self._tissue, self._planned, self._networks, self._receive = tissue, planned, networks, receive
        self._occurrences = Occurrences()
        self._begun = np.zeros(len(planned), dtype=np.int64)
        self._next: int | None = None
        self._values: dict[tuple[str, str], CellValues] = {}
        self._held: dict[tuple[str, str], SpeciesUnderIntervention] = {}
        for effect in (each for one in planned for each in one.effects):
            if isinstance(effect, CellValue):
                self._values.setdefault(effect.target, CellValues(*effect.target, networks))
            elif isinstance(effect, HeldSpecies) and networks is not None:
                self._held.setdefault(effect.target, SpeciesUnderIntervention(*effect.target, networks))
        self._exchanged = [target for target in self._held if target in exchanged]
        if not self._exchanged:
            self.step_names = ()

    # --- time -----------------------------------------------------------------------------------------

    def between_steps(self, tissue: TissueModel) -> None:
        """End and begin what is due at this tick, in the order of the file; each sees what the others did."""
        tick = tissue.clock.tick
        if self._next is None:
            self._next = self._upcoming(tissue)
        if tick < self._next:
            return
        touched = self._occurrences.take_ended(tick)
        for one in self._planned:
            while self._begins(tissue, one) <= tick:
                if one.where is not None and touched:
                    self._update(tissue, touched)
                    touched = []
                end = one.schedule.ends(int(self._begun[one.number]), tissue.clock)
                self._begun[one.number] += 1
                new = Occurrence(one.number, end, self._chosen(tissue, one))
                self._occurrences.begin(new)
                touched.append(new)
        self._next = self._upcoming(tissue)
        self._update(tissue, touched)

    def advance(self, tissue: TissueModel, dt: float) -> None:
        """Put species that exchange with signals back at the values at which they are held."""
        del dt
        if len(self._occurrences):
            self._impose(tissue, self._occurrences.cells(), self._exchanged)

    def _begins(self, tissue: TissueModel, one: Planned) -> int:
        tick = one.schedule.begins(int(self._begun[one.number]), tissue.clock)
        return FAR if tick == NEVER else tick

    def _upcoming(self, tissue: TissueModel) -> int:
        """Return the tick at which something begins or ends next."""
        begins = [self._begins(tissue, one) for one in self._planned]
        end = self._occurrences.next_end()
        return min([*begins, FAR if end == NEVER else end])

    # --- cells ----------------------------------------------------------------------------------------

    def _chosen(self, tissue: TissueModel, one: Planned) -> np.ndarray:
        """Return the ids of the cells in which an intervention that begins now acts, int64[m]."""
        concerned = np.zeros(tissue.population.size, dtype=bool)
        for effect in one.effects:
            if isinstance(effect, SettingValue):
                continue
            if effect.network and self._networks is not None:
                concerned |= self._networks.carriers(tissue, effect.network)
            elif isinstance(effect, CellValue):
                concerned |= tissue.population["type"] == effect.cell_type
        if one.where is not None and concerned.any():
            values = tissue.evaluate(one.where)
            concerned &= (values != 0.0) & ~np.isnan(values)
        ids = np.array(tissue.population["cell_id"][concerned], dtype=np.int64)
        if one.fraction < 1.0 and len(ids):
            drawn = np.empty(len(ids))
            fill_uniform(
                tissue.key, ids, tissue.clock.tick, int(Purpose.INTERVENTION), one.number, drawn
            )  # fmt: skip
            ids = ids[drawn < one.fraction]
        return ids

    def added(self, tissue: TissueModel, rows: np.ndarray) -> None:
        """Choose among founders that come while interventions are under way."""
        new = tissue.population["cell_id"][rows]
        touched = []
        for each in self._occurrences:
            chosen = self._chosen(tissue, self._planned[each.number])
            chosen = chosen[members(chosen, np.sort(new))]
            each.cells = np.union1d(each.cells, chosen)
            touched.append(Occurrence(each.number, each.end, chosen))
        self._update(tissue, [each for each in touched if len(each.cells)])

    def divided(self, tissue: TissueModel, mothers: np.ndarray, daughters: np.ndarray) -> None:
        """Let daughters share what is done to their mothers."""
        if not len(self._occurrences):
            return
        ids, volume = tissue.population["cell_id"], tissue.population["volume"]
        shares = volume[mothers] / (volume[mothers] + volume[daughters])
        pairs = np.array(ids[mothers]), np.array(ids[daughters])
        self._occurrences.inherit(*pairs)
        for target in self._targets():
            target.divided(tissue, *pairs, shares)
        both = np.unique(np.concatenate(pairs))
        both = both[np.logical_or.reduce([members(both, each.cells) for each in self._occurrences])]
        self._impose(tissue, both, self._held)
        self._tell(tissue, present(tissue, both)[1])

    def removed(self, tissue: TissueModel, keep: np.ndarray) -> None:
        """Forget cells that leave."""
        gone = tissue.population["cell_id"][~keep]
        self._occurrences.forget(gone)
        for target in self._targets():
            target.former.forget(gone)

    # --- what is done ---------------------------------------------------------------------------------

    def _targets(self) -> list[CellValues | SpeciesUnderIntervention]:
        return [*self._values.values(), *self._held.values()]

    def _layers(self, kind: type, target: tuple[str, str]) -> list[tuple[np.ndarray, Any]]:
        """Return (cells, effect) of all that is under way and changes one thing."""
        return [
            (each.cells, effect)
            for each in self._occurrences
            for effect in self._planned[each.number].effects
            if isinstance(effect, kind) and getattr(effect, "target", None) == target
        ]

    def _settings(self) -> list[SettingValue]:
        effects = (effect for each in self._occurrences for effect in self._planned[each.number].effects)
        return [effect for effect in effects if isinstance(effect, SettingValue)]

    def _update(self, tissue: TissueModel, touched: Sequence[Occurrence]) -> None:
        """Bring everything in line with what is under way, where something has begun or ended."""
        if not touched:
            return
        effects = [effect for each in touched for effect in self._planned[each.number].effects]
        ids = np.unique(np.concatenate([each.cells for each in touched]))
        for key, values in self._values.items():
            if any(isinstance(effect, CellValue) and effect.target == key for effect in effects):
                values.update(tissue, ids, self._layers(CellValue, key))
        for key, species in self._held.items():
            if any(isinstance(effect, HeldSpecies) and effect.target == key for effect in effects):
                species.update(tissue, ids, self._layers(HeldSpecies, key))
        rows = present(tissue, ids)[1]
        if any(isinstance(effect, SettingValue) for effect in effects):
            self._receive(tissue, self._settings(), impose=True)
            rows = np.arange(tissue.population.size)
        self._tell(tissue, rows)

    def _impose(self, tissue: TissueModel, ids: np.ndarray, targets: Iterable[tuple[str, str]]) -> None:
        for key in targets:
            self._held[key].impose(tissue, ids, self._layers(HeldSpecies, key))

    def _tell(self, tissue: TissueModel, rows: np.ndarray) -> None:
        """Let the other processes follow."""
        for process in tissue.processes:
            process.intervened(tissue, rows)

    # --- state ----------------------------------------------------------------------------------------

    def counters(self) -> dict[str, int]:
        """Return how many interventions have begun, are under way, and in how many cells."""
        return {
            "interventions begun": int(self._begun.sum()),
            "interventions under way": len(self._occurrences),
            "cells under an intervention": len(self._occurrences.cells()),
        }

    def state(self) -> dict[str, np.ndarray]:
        """Return what has begun, what is under way with its cells, and their former values."""
        former = {
            f"{FORMER}{target.key}/{name}": values
            for target in self._targets()
            for name, values in target.former.state().items()
        }
        return {"begun": self._begun.copy(), **self._occurrences.state(), **former}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over what `state` returned; rows and fields are restored already."""
        self._begun = np.array(state["begun"], dtype=np.int64)
        self._occurrences.restore(state)
        for target in self._targets():
            prefix = f"{FORMER}{target.key}/"
            target.former.restore({name: state[prefix + name] for name in ("ids", "values")})
        self._next = None
        if any(isinstance(effect, SettingValue) for one in self._planned for effect in one.effects):
            self._receive(self._tissue, self._settings(), impose=False)
