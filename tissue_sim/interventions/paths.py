"""Which keys of a scenario can change during a run, and what stands behind each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["CHANGEABLE", "Place", "behaviour_of", "leaves", "path_of_behaviour", "place_of"]

OF_A_SIGNAL = ("boundary", "decay", "diffusion", "tolerance")

CHANGEABLE = (
    "parameters.NAME; of a signal boundary, decay, diffusion and tolerance; sources.N.rate; fixed.N.value; "
    "networks.NET.parameters.NAME; and the behaviours of a cell type, such as cell_types.TYPE.cycle.rate"
)

REASONS = {
    "mode": "let the formula depend on a parameter and set parameters.NAME",
    "initial": "it counts at the start only; a species is held at a value by clamp",
    "stop_when": "let it depend on time or on a parameter and set parameters.NAME",
    "rules": "let the rule's source depend on a parameter and set parameters.NAME",
    "outputs": "let the output depend on a parameter and set networks.NET.parameters.NAME",
}
"""What to do instead, by a key on the path."""


@dataclass(frozen=True)
class Place:
    """What a path stands for.

    Attributes
    ----------
    kind : str
        ``parameter`` (of the scenario), ``signal`` (a signal, its sources or fixed voxels),
        ``network`` (a parameter of a network) or ``behaviour`` (of a cell type).
    owner, name : str
        Network and parameter, cell type and behaviour; empty where they do not apply.
    """

    kind: Literal["parameter", "signal", "network", "behaviour"]
    owner: str = ""
    name: str = ""

    @property
    def of_cells(self) -> bool:
        """Every cell has a value of its own."""
        return self.kind in ("network", "behaviour")


def place_of(path: str) -> Place | str:
    """Return what a path stands for, or what to do instead (possibly empty) where it cannot change."""
    steps = path.split(".")
    match steps:
        case ["parameters", name]:
            return Place("parameter", name=name)
        case ["signals", _, key, *_] if key in OF_A_SIGNAL:
            return Place("signal")
        case ["sources", _, "rate"] | ["fixed", _, "value"]:
            return Place("signal")
        case ["networks", network, "parameters", name]:
            return Place("network", network, name)
        case ["cell_types", cell_type, _, *_] if steps[2] not in REASONS:
            return Place("behaviour", cell_type, behaviour_of(steps[2:]))
    return next((REASONS[step] for step in reversed(steps) if step in REASONS), "")


def behaviour_of(steps: list[str]) -> str:
    """Return the behaviour behind the keys of a cell type: ``cycle.phases.G1.rate`` is ``cycle.G1.rate``."""
    of_phase = steps[:2] == ["cycle", "phases"]
    return ".".join(["cycle", *steps[2:]] if of_phase else steps)


def path_of_behaviour(cell_type: str, behaviour: str) -> str:
    """Return the path of the file behind a behaviour."""
    steps = behaviour.split(".")
    if steps[0] == "cycle" and len(steps) == 3:
        steps.insert(1, "phases")
    return ".".join(["cell_types", cell_type, *steps])


def leaves(path: str, value: Any) -> dict[str, Any]:
    """Return path -> value for every value in a map below a path, or for the path itself."""
    if not isinstance(value, dict):
        return {path: value}
    return {one: leaf for key, below in value.items() for one, leaf in leaves(f"{path}.{key}", below).items()}
