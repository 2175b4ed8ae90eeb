"""The rules process: what behaviours are in effect, from own values, network outputs and rules.

In effect is the own value; a network's output replaces it in live cells that carry the network (an output
with a condition only while that holds; of several in a list the first that holds); rules move it, first the
increasing, then the decreasing ones; the result is clipped to the behaviour's range. A dead cell keeps what
its death left, but for rules marked ``also when dead``, which start from its own value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from tissue_sim.errors import SimulationError
from tissue_sim.rules.hill import blend, drive, response
from tissue_sim.rules.outputs import OutputEffect, effect_of
from tissue_sim.rules.rule import DECREASES, INCREASES, Rule, unit_of_source
from tissue_sim.tissue.columns import LIVE
from tissue_sim.tissue.process import Process

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tissue_sim.codegen.syntax import Expression
    from tissue_sim.tissue.expression_settings import ParsedExpression
    from tissue_sim.tissue.model import TissueModel
    from tissue_sim.tissue.output_settings import WhenOutput

__all__ = ["RulesProcess"]


@dataclass(frozen=True)
class _Term:
    """One rule of one cell type, in default units."""

    source: int
    cell_type: int
    half_max: float
    hill: float
    to: float
    also_when_dead: bool


@dataclass
class _Target:
    """All that acts on one behaviour."""

    outputs: list[OutputEffect] = field(default_factory=list)
    terms: dict[str, list[_Term]] = field(default_factory=lambda: {INCREASES: [], DECREASES: []})


@dataclass(frozen=True)
class _Cells:
    """The cells whose behaviours are computed: rows, cell types, whether live (m each)."""

    rows: np.ndarray
    types: np.ndarray
    live: np.ndarray

    def under(self, term: _Term) -> np.ndarray:
        """Say in which cells a rule acts, bool[m]."""
        here: np.ndarray = self.types == term.cell_type
        return here if term.also_when_dead else here & self.live


class RulesProcess(Process):
    """Computes the behaviours in effect after every network and lifecycle step.

    Parameters
    ----------
    tissue : TissueModel
        With all behaviours declared.
    rules : mapping of cell type to sequence of Rule
    outputs : mapping of network to mapping of behaviour to output
    """

    name: ClassVar[str] = "rules"
    step_names: tuple[str, ...] = ("network", "lifecycle")
    order: ClassVar[int] = 20

    def __init__(
        self,
        tissue: TissueModel,
        rules: Mapping[str, Sequence[Rule]],
        outputs: Mapping[str, Mapping[str, ParsedExpression | WhenOutput | list[WhenOutput]]],
    ) -> None:
        self._sources: list[Expression] = []
        self._places: dict[str, int] = {}
        self._targets: dict[str, _Target] = {}
        if not tissue.blocks:
            # Without a network there is no network step to follow.
            self.step_names = ("lifecycle",)
        for network, given in outputs.items():
            for behaviour, output in given.items():
                effect = effect_of(network, output, tissue.behaviours[behaviour].unit)
                self._target(tissue, behaviour).outputs.append(effect)
        for cell_type, sentences in rules.items():
            for rule in sentences:
                terms = self._target(tissue, rule.behaviour).terms[rule.direction]
                terms.append(self._term(tissue, tissue.cell_types.index(cell_type), rule))

    def _target(self, tissue: TissueModel, behaviour: str) -> _Target:
        if behaviour not in self._targets:
            tissue.behaviours.make_effective(behaviour)
            self._targets[behaviour] = _Target()
        return self._targets[behaviour]

    def _term(self, tissue: TissueModel, cell_type: int, rule: Rule) -> _Term:
        if rule.source.text not in self._places:
            self._places[rule.source.text] = len(self._sources)
            self._sources.append(rule.source.tree)
        columns = {name: column.unit for name, column in tissue.population.columns.items()}
        unit = unit_of_source(rule.source.tree, tissue.field_units, columns)
        return _Term(
            self._places[rule.source.text],
            cell_type,
            rule.half_max.to(unit),
            rule.hill,
            rule.to.to(tissue.behaviours[rule.behaviour].unit),
            rule.also_when_dead,
        )

    def advance(self, tissue: TissueModel, dt: float) -> None:
        """Compute all behaviours in effect from the state as it is; `dt` does not matter."""
        del dt
        self._compute(tissue, np.arange(tissue.population.size))

    def added(self, tissue: TissueModel, rows: np.ndarray) -> None:
        """Give new cells their first values in effect."""
        self._compute(tissue, rows)

    def divided(self, tissue: TissueModel, mothers: np.ndarray, daughters: np.ndarray) -> None:
        """Compute anew for mothers and daughters."""
        self._compute(tissue, np.union1d(mothers, daughters))

    def intervened(self, tissue: TissueModel, rows: np.ndarray) -> None:
        """Compute anew for cells that were changed from outside."""
        self._compute(tissue, np.unique(rows))

    def _compute(self, tissue: TissueModel, rows: np.ndarray) -> None:
        """Write the values in effect of the cells in `rows` (int64[m], ascending)."""
        if not len(rows) or not self._targets:
            return
        types = tissue.population["type"][rows]
        cells = _Cells(rows, types, tissue.population["state"][rows] == LIVE)
        sources = [tissue.evaluate(tree, rows=rows) for tree in self._sources]
        for name, target in self._targets.items():
            behaviour = tissue.behaviours[name]
            values = self._base(tissue, name, target, cells)
            written = cells.live.copy()
            for direction in (INCREASES, DECREASES):
                terms = target.terms[direction]
                values = _moved(values, terms, sources, cells)
                for term in terms:
                    written |= cells.under(term)
            values = np.clip(values, behaviour.minimum, behaviour.maximum)
            tissue.behaviours.effective(name)[rows[written]] = values[written]

    def _base(self, tissue: TissueModel, name: str, target: _Target, cells: _Cells) -> np.ndarray:
        """Return own values, replaced by network outputs in live cells that carry the network."""
        values: np.ndarray = tissue.behaviours.own(name)[cells.rows]
        for effect in target.outputs:
            carrying = cells.live & tissue.blocks[effect.network].carried_by(cells.types)
            if not carrying.any():
                continue
            given = effect.applied(tissue, cells.rows[carrying], values[carrying])
            if not np.isfinite(given).all():
                row = cells.rows[carrying][~np.isfinite(given)][0]
                raise SimulationError(
                    f"the output of network {effect.network} to {name} is not a finite number",
                    process=self.name,
                    time=tissue.clock.time,
                    cell_id=int(tissue.population["cell_id"][row]),
                )
            values[carrying] = given
        return values


def _moved(
    values: np.ndarray, terms: Sequence[_Term], sources: Sequence[np.ndarray], cells: _Cells
) -> np.ndarray:
    """Return `values` after all rules of one direction."""
    if not terms:
        return values
    total = np.zeros(len(values))
    to = values.copy()
    for term in terms:
        here = cells.under(term)
        total[here] += drive(sources[term.source][here], term.half_max, term.hill)
        to[here] = term.to
    return blend(values, to, response(total))
