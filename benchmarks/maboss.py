"""MaBoSS itself, where its library is installed (``pip install cmaboss``), on Boolean nodes at rates of 1."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["Maboss"]

RATES = "rate_up = @logic ? 1 : 0; rate_down = @logic ? 0 : 1;"
SETTINGS = (
    "time_tick = {duration}; max_time = {duration}; sample_count = {cells}; thread_count = 1; "
    "discrete_time = 0; use_physrandgen = 0; seed_pseudorandom = 1; display_traj = 0; "
    "statdist_traj_count = 0;"
)


class Maboss:
    """A network and its settings; a run simulates all cells and keeps their last states only.

    Parameters
    ----------
    cmaboss : module
    rules : mapping of node to rule
        In MaBoSS's syntax.
    on : names of nodes
        They begin on; the others at random.
    shown : names of nodes
        Their probabilities are asked for; the others are internal, which spares MaBoSS to tell apart a
        state for almost every cell.
    cells : int
    duration : float
    """

    def __init__(
        self,
        cmaboss: Any,
        rules: Mapping[str, str],
        on: Collection[str],
        shown: Collection[str],
        cells: int,
        duration: float,
    ) -> None:
        nodes = "".join(f"node {name} {{ logic = {rule}; {RATES} }}\n" for name, rule in rules.items())
        first = "".join(f"{name}.istate = {1 if name in on else -1};\n" for name in rules)
        hidden = "".join(f"{name}.is_internal = 1;\n" for name in rules if name not in shown)
        settings = SETTINGS.format(duration=duration, cells=cells)
        self._simulation = cmaboss.MaBoSSSim(network_str=nodes, config_str=first + hidden + settings)
        self._cells, self._shown, self._seed = cells, tuple(shown), 0
        self.probabilities: list[np.ndarray] = []

    @classmethod
    def of(cls, *arguments: Any) -> Maboss | None:
        """Return the peer, None where it is not installed."""
        try:
            import cmaboss
        except ImportError:
            return None
        return cls(cmaboss, *arguments)

    def microseconds(self) -> float:
        """Simulate all cells with new seeds and return the time for each, us; keep the probabilities.

        MaBoSS gives its n-th cell the seed it is given plus n.
        """
        self._seed += self._cells
        self._simulation.param["seed_pseudorandom"] = self._seed
        began = time.perf_counter()
        result = self._simulation.run(only_last_state=True)
        spent = time.perf_counter() - began
        values, _, names = result.get_last_nodes_probtraj()
        found = dict(zip(names, values[-1], strict=True))
        self.probabilities.append(np.array([found.get(name, 0.0) for name in self._shown]))
        return 1e6 * spent / self._cells
