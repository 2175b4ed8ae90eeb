"""What ``mode: physicell_lod`` cannot do, and the warning that it is there for comparison only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tissue_sim.errors import Problem
from tissue_sim.signals.settings import PHYSICELL, SaturatingUptake
from tissue_sim.tissue.domain import FACES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tissue_sim.signals.settings import ExchangeSettings, SignalSettings, SourceSettings
    from tissue_sim.tissue.domain import Grid

    Path = tuple[str | int, ...]

__all__ = ["check_physicell", "physicell_warnings"]


def check_physicell(
    signals: Mapping[str, SignalSettings],
    exchange: Mapping[str, Mapping[str, ExchangeSettings]],
    sources: Sequence[SourceSettings],
    grid: Grid | None,
) -> Iterator[Problem]:
    """Yield what a scenario asks of PhysiCell's scheme that it does not have."""
    chosen = [name for name, signal in signals.items() if signal.mode == PHYSICELL]
    for name in chosen:
        yield from _signal(("signals", name), signals[name], grid)
    for number, source in enumerate(sources):
        if source.signal in chosen:
            yield Problem(("sources", number, "signal"), f"{PHYSICELL} has no sources; use mode: transient")
    for cell_type, by_signal in exchange.items():
        for name, settings in by_signal.items():
            if name in chosen and isinstance(settings.uptake, SaturatingUptake):
                yield Problem(
                    ("cell_types", cell_type, "exchange", name, "uptake"),
                    f"{PHYSICELL} knows linear uptake only; write a rate, or use mode: transient",
                )


def _signal(path: Path, signal: SignalSettings, grid: Grid | None) -> Iterator[Problem]:
    if signal.diffusion is not None and not isinstance(signal.diffusion, float):
        yield Problem((*path, "diffusion"), f"{PHYSICELL} knows one diffusion for all voxels; write a number")
    if grid is not None and any(np.logical_and(grid.periodic, grid.present)):
        yield Problem((*path, "mode"), f"{PHYSICELL} has no periodic axes; use mode: transient")
    for face in ("default", *FACES):
        condition = getattr(signal.boundary, face)
        closed = condition is None or (
            condition.kind == "flux" and condition.resolved(signal.unit)["flux"] == 0.0
        )
        if not closed and condition.kind != "value":
            yield Problem(
                (*path, "boundary", face), f"{PHYSICELL} knows faces with a value and closed ones only"
            )


def physicell_warnings(signals: Mapping[str, SignalSettings]) -> Iterator[Problem]:
    """Yield one warning for every signal in this mode."""
    for name, signal in signals.items():
        if signal.mode == PHYSICELL:
            yield Problem(
                ("signals", name, "mode"),
                f"{PHYSICELL} is PhysiCell's scheme, for comparison only: first order in time, and too low "
                "beside faces and voxels with a value; use transient for results",
            )
