"""The networks of a tissue as a process: each cell's own state, advanced with the inputs it senses."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from tissue_sim.errors import SimulationError
from tissue_sim.network.advancing import advance_rows
from tissue_sim.network.boolean.time_scale import with_time_scale
from tissue_sim.network.failure import failure_text
from tissue_sim.network.kind import Draws, kinds
from tissue_sim.network.partition import Division
from tissue_sim.network.time_units import minutes_per_unit
from tissue_sim.tissue.block import Block
from tissue_sim.tissue.columns import LIVE
from tissue_sim.tissue.process import Process

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.network.kind import Kind
    from tissue_sim.network.model import NetworkModel
    from tissue_sim.network.settings import NetworkSettings
    from tissue_sim.tissue.model import TissueModel

__all__ = ["NetworkProcess"]


class _Network:
    """One network of the tissue.

    Attributes
    ----------
    kind : Kind
    block : Block
        Its values in the cells that carry it.
    minutes : float
        Tissue minutes per unit of network time; a `time_scale` that is one number is in it.
    split, shared_out, reset : tuple of str
        Species that are split by volume, shared out molecule by molecule, or start anew at division.
    """

    def __init__(
        self, name: str, settings: NetworkSettings, model: NetworkModel, number: int, carriers: Sequence[bool]
    ) -> None:
        self.name = name
        self.number = number
        self.settings = settings
        model, time_scale = with_time_scale(model, settings.time_scale)
        self.kind: Kind = kinds()[settings.method](model, settings.tolerance, number)
        self.block = Block(name, self.kind.names, self.kind.recorded, carriers, self.kind.whole)
        self.minutes = minutes_per_unit(settings.time_unit or model.time_unit) / time_scale
        self._frozen = self.block.index("frozen")
        rules = {
            species: settings.division.get(
                species, self.kind.partition if self.kind.is_amount(species) else "copy"
            )
            for species in model.species_names
        }
        self.split = tuple(species for species, rule in rules.items() if rule == "volume")
        self.shared_out = tuple(species for species, rule in rules.items() if rule == "binomial")
        self.reset = tuple(species for species, rule in rules.items() if rule == "reset")

    def inputs(self, tissue: TissueModel, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Return the inputs of the cells in population rows `rows`, float64[m] each."""
        return {
            name: tissue.evaluate(expression.tree, rows=rows, network=self.name)
            for name, expression in self.settings.inputs.items()
        }

    def advancing(self, tissue: TissueModel) -> np.ndarray:
        """Return the places of the cells that are live and not frozen."""
        live = tissue.population["state"][self.block.rows] == LIVE
        return np.flatnonzero(live & (self.block.values[:, self._frozen] == 0.0))

    @property
    def frozen(self) -> np.ndarray:
        """Say which places are not advanced any more, bool[m]."""
        return np.asarray(self.block.values[:, self._frozen] != 0.0)

    def freeze(self, places: np.ndarray) -> None:
        """Leave the networks of some cells as they are from now on."""
        self.block.values[places, self._frozen] = 1.0


class NetworkProcess(Process):
    """Advances every network in every live cell that carries it.

    Parameters
    ----------
    tissue : TissueModel
    networks : mapping of name to NetworkSettings
    models : mapping of name to NetworkModel
    carriers : mapping of cell type to names of networks
    """

    name: ClassVar[str] = "network"
    step_names: tuple[str, ...] = ("network",)
    order: ClassVar[int] = 10

    def __init__(
        self,
        tissue: TissueModel,
        networks: Mapping[str, NetworkSettings],
        models: Mapping[str, NetworkModel],
        carriers: Mapping[str, Sequence[str]],
    ) -> None:
        self._networks: list[_Network] = []
        for number, (name, settings) in enumerate(networks.items()):
            carrying = [name in carriers.get(kind, ()) for kind in tissue.cell_types]
            self._networks.append(_Network(name, settings, models[name], number, carrying))
            tissue.add_block(self._networks[-1].block)

    def network(self, name: str) -> _Network:
        """Return one network: its kind, block and unit of time."""
        return next(each for each in self._networks if each.name == name)

    def added(self, tissue: TissueModel, rows: np.ndarray) -> None:
        """Draw and compute the first values of founder cells."""
        tissue.neighbours.invalidate()
        for network in self._networks:
            block = network.block
            places = block.places_of(rows)
            places = places[places >= 0]
            if not len(places):
                continue
            own_rows = block.rows[places]
            network.kind.start(
                block.values,
                places,
                tissue.population["cell_id"][own_rows],
                key=tissue.key,
                tick=tissue.clock.tick,
                time=tissue.clock.time / network.minutes,
                inputs=network.inputs(tissue, own_rows),
            )

    def advance(self, tissue: TissueModel, dt: float) -> None:
        """Advance all networks by `dt` (min), inputs held at their values at the start of the step."""
        sensed = []
        for network in self._networks:
            places = network.advancing(tissue)
            if len(places):
                sensed.append((network, places, network.inputs(tissue, network.block.rows[places])))
        for network, places, inputs in sensed:
            cell_ids = tissue.population["cell_id"][network.block.rows[places]]
            network.block.values, codes = advance_rows(
                network.kind,
                network.block.values,
                places,
                start=tissue.clock.time / network.minutes,
                duration=dt / network.minutes,
                inputs=inputs,
                draws=Draws(tissue.key, cell_ids, tissue.clock.tick),
            )
            if codes.any():
                failed = np.flatnonzero(codes)
                first = {name: np.asarray(each)[failed[:1]] for name, each in inputs.items()}
                self._act_on_failure(tissue, network, places[failed], codes[failed], dt, first)

    def _act_on_failure(
        self,
        tissue: TissueModel,
        network: _Network,
        places: np.ndarray,
        codes: np.ndarray,
        dt: float,
        inputs: Mapping[str, np.ndarray],
    ) -> None:
        ids = tissue.population["cell_id"][network.block.rows[places]]
        action = network.settings.on_failure
        if action == "stop":
            more = f" (and {len(ids) - 1} more cells)" if len(ids) > 1 else ""
            text = failure_text(
                network.kind, network.block.values[places[:1]], int(codes[0]),
                start=tissue.clock.time / network.minutes, duration=dt / network.minutes,
                inputs=inputs, draws=Draws(tissue.key, ids[:1], tissue.clock.tick),
            )  # fmt: skip
            raise SimulationError(
                f"network '{network.name}'{more}: {text}",
                process=self.name,
                time=tissue.clock.time,
                cell_id=int(ids[0]),
            )
        network.freeze(places)
        if action == "apoptosis":
            due = tissue.clock.tick + tissue.clock.ticks_of(dt)
            tissue.requests.ask("death", ids, due, cause="apoptosis")

    def counters(self) -> dict[str, int]:
        """Return how many cells' networks are frozen, of the networks that a failure does not stop."""
        return {
            f"cells with a frozen network {each.name}": int(each.frozen.sum())
            for each in self._networks
            if each.settings.on_failure != "stop"
        }

    def divided(self, tissue: TissueModel, mothers: np.ndarray, daughters: np.ndarray) -> None:
        """Give daughters their mothers' values; split amounts by volume, start anew what is reset."""
        volume = tissue.population["volume"]
        for network in self._networks:
            block = network.block
            from_places, to_places = block.places_of(mothers), block.places_of(daughters)
            carrying = (from_places >= 0) & (to_places >= 0)
            if not carrying.any():
                continue
            from_places, to_places = from_places[carrying], to_places[carrying]
            block.values[to_places] = block.values[from_places]
            own, other = volume[mothers[carrying]], volume[daughters[carrying]]
            division = Division(
                block.values, from_places, to_places, own / (own + other), other / (own + other)
            )
            division.split(network.kind, network.split)
            division.share_out(
                network.kind, network.shared_out, network.number,
                Draws(tissue.key, tissue.population["cell_id"][mothers[carrying]], tissue.clock.tick),
            )  # fmt: skip
            self._finish_division(tissue, network, np.concatenate([from_places, to_places]))

    def _finish_division(self, tissue: TissueModel, network: _Network, places: np.ndarray) -> None:
        block, time = network.block, tissue.clock.time / network.minutes
        if network.reset:
            network.kind.restart(
                block.values,
                places,
                tissue.population["cell_id"][block.rows[places]],
                network.reset,
                key=tissue.key,
                tick=tissue.clock.tick,
                time=time,
            )
        if network.reset or network.split or network.shared_out:
            network.kind.refresh(block.values, places, time)
