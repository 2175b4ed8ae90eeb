"""The random stream of a cell or of the tissue for user code: Python's `random.Random`, counter-based."""

from __future__ import annotations

from random import Random  # noqa: TID251 - the interface; every draw below comes from Philox
from typing import TYPE_CHECKING, Any

from tissue_sim.random_numbers import Purpose

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

__all__ = ["RandomStream"]


class RandomStream(Random):
    """Draws keyed by (seed, cell_id, 'user', tick, number of the draw within the tick).

    All of `random.Random`'s methods work; there is no seed to set and nothing to save.
    """

    def __new__(cls, *_: Any) -> RandomStream:
        """Make the object; Random's own seeding is not wanted."""
        return super().__new__(cls)

    def __init__(self, key: np.uint64, cell_id: int, tick: Callable[[], int]) -> None:
        self._key, self._cell_id, self._tick = key, cell_id, tick
        self._drawn_at, self._draws = -1, 0

    def _next(self) -> tuple[float, int]:
        from tissue_sim.kernels.philox import philox

        tick = self._tick()
        if tick != self._drawn_at:
            self._drawn_at, self._draws = tick, 0
        word = int(Purpose.USER) << 24
        words = [int(x) for x in philox(self._key, self._cell_id, tick, word, self._draws)]
        self._draws += 1
        return ((words[0] << 32 | words[1]) >> 11) * 2.0**-53, words[2] << 32 | words[3]

    def random(self) -> float:
        """Return a float in [0, 1)."""
        return self._next()[0]

    def getrandbits(self, k: int) -> int:
        """Return k random bits as an int."""
        bits = 0
        for _ in range((k + 63) // 64):
            bits = bits << 64 | self._next()[1]
        return bits >> (-k % 64)

    def seed(self, *_: Any, **__: Any) -> None:
        """Do nothing: the seed is the scenario's."""

    def getstate(self) -> Any:
        """Refuse: there is no state, the draws are functions of seed, cell and time."""
        raise NotImplementedError("a counter-based stream has no state")

    def setstate(self, _state: Any) -> None:
        """Refuse, as `getstate`."""
        raise NotImplementedError("a counter-based stream has no state")
