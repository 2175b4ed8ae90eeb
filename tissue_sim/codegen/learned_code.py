"""Learned functions in generated code: where they work, their weights, and the lines that call them.

Each application has its own stretch at the end of ``held``: its inputs, then its outputs (or its slopes).
Weights stand at the end of ``constants``; both begin at places that are known only when all code is written,
so the code names them by constants of the module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from tissue_sim.codegen.feed_forward import FeedForward
    from tissue_sim.codegen.syntax import Applied, Expression

    Application = tuple[FeedForward, bool, tuple[Expression, ...]]

__all__ = ["LearnedCode"]


class LearnedCode:
    """The learned functions of one module.

    Attributes
    ----------
    work_size : int
        Number of values of ``held`` they work on.
    """

    def __init__(self) -> None:
        self.work_size = 0
        self._functions: dict[FeedForward, int] = {}
        self._places: dict[Application, int] = {}

    def call(self, node: Applied, arguments: Sequence[str], done: set[Application]) -> tuple[list[str], str]:
        """Return the lines to run before, none if they are in `done`, and the text of the value.

        Parameters
        ----------
        node : Applied
            Its arguments are nodes of the graph.
        arguments : sequence of str
            Their texts.
        done : set
            Applications whose lines were written in this kernel; this one is added.
        """
        function, slopes = node.function, node.by is not None
        number = self._functions.setdefault(function, len(self._functions))
        key = (function, slopes, node.arguments)
        if key not in self._places:
            self._places[key] = self.work_size
            self.work_size += function.inputs * (1 + function.outputs if slopes else 1)
            self.work_size += 0 if slopes else function.outputs
        place = self._places[key]
        lines = []
        if key not in done:
            done.add(key)
            lines = [f"held[WORK + {place + i}] = {text}" for i, text in enumerate(arguments)]
            name = "feed_forward_slopes" if slopes else "feed_forward"
            lines.append(f"{name}(PLAN_{number}, constants, WEIGHTS_{number}, held, WORK + {place})")
        element = node.output if node.by is None else node.output * function.inputs + node.by
        return lines, f"held[WORK + {place + function.inputs + element}]"

    def weights(self) -> list[np.ndarray]:
        """Return the weights of the functions, in the order of their places."""
        return [function.weights for function in self._functions]

    def source(self, *, work: int, weights: int) -> str:
        """Return the part of the module that imports and places them.

        Parameters
        ----------
        work, weights : int
            Where their values begin in ``held`` and in ``constants``.
        """
        if not self._functions:
            return ""
        text = (
            "from tissue_sim.kernels.network.feed_forward import feed_forward, feed_forward_slopes\n\n"
            f"WORK = {work}\n"
        )
        for number, function in enumerate(self._functions):
            text += f"WEIGHTS_{number} = {weights}\n"
            text += f"PLAN_{number} = np.array({function.plan.tolist()}, dtype=np.int64)\n"
            weights += len(function.weights)
        return text
