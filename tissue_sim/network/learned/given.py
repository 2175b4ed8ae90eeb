"""From a network's settings to what its reader is given, learned functions included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tissue_sim.errors import Problem
from tissue_sim.network.learned.terms import read_terms
from tissue_sim.network.reader import Given
from tissue_sim.network.time_units import minutes_per_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tissue_sim.network.settings import NetworkSettings

__all__ = ["given_of"]

TERMS_BESIDE = ("equations", "sbml", "antimony")


def given_of(
    settings: NetworkSettings, contents: Mapping[str, bytes], shared: Mapping[str, float]
) -> tuple[Given, list[Problem]]:
    """Return what the reader is given, and what is wrong with it; paths begin at the network's settings.

    Parameters
    ----------
    settings : NetworkSettings
    contents : mapping of file name to bytes
        The files that could be read.
    shared : mapping of name to value
        The scenario's own parameters.
    """
    terms = settings.learned if isinstance(settings.learned, dict) else {}
    taken = {
        **dict.fromkeys(shared, "a parameter of the scenario"),
        **dict.fromkeys(settings.initial, "a species"),
        **dict.fromkeys(settings.parameters, "under `parameters`"),
        **dict.fromkeys(settings.inputs, "under `inputs`"),
    }
    learned, problems = read_terms(terms, contents, taken)
    problems += _inconsistent(settings)
    unit = minutes_per_unit(settings.time_unit)
    given = Given(
        settings.parameters,
        settings.initial,
        tuple(settings.inputs),
        shared,
        species=tuple(settings.species),
        period=None if settings.period is None else settings.period / unit,
        learned=learned,
        further_files=tuple((file, contents[file]) for file in settings.files[1:]),
        mutants=settings.maboss.held if settings.maboss is not None else {},
    )
    return given, problems


def _inconsistent(settings: NetworkSettings) -> Iterator[Problem]:
    alone = settings.source == "learned"
    if isinstance(settings.learned, dict) and settings.source not in TERMS_BESIDE:
        yield Problem(
            ("learned",), f"learned terms stand beside {' or '.join(TERMS_BESIDE)}, not {settings.source}"
        )
    for key, value in (("species", settings.species), ("period", settings.period)):
        if value and not alone:
            yield Problem(
                (key,),
                f"`{key}` belongs to a network that is a learned file (learned: FILE.onnx)",
                on_key=True,
            )
    doubled = {name for name in settings.species if settings.species.count(name) > 1}
    if doubled:
        yield Problem(("species",), f"'{min(doubled)}' is named twice")
    if alone and settings.method == "map" and settings.period is None:
        yield Problem(("method",), "method map needs `period`: the time between two steps of the map")
    if alone and settings.method != "map" and settings.period is not None:
        yield Problem(("period",), "`period` needs method: map; with rates there is none", on_key=True)
