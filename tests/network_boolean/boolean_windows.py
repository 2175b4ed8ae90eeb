"""Comparing with MaBoSS: probabilities of states averaged over windows of time, each with its error."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tissue_sim.network.kind import Draws
from tissue_sim.network.kinds.boolean_continuous import BooleanContinuousKind
from tissue_sim.network.model import NetworkModel
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.settings import ToleranceSettings

State = frozenset
Windows = list[dict[State, tuple[float, float]]]


def maboss_model(folder: Path, bnd: str, *cfg: str, **given) -> NetworkModel:
    further = tuple((name, (folder / name).read_bytes()) for name in cfg)
    content = (folder / bnd).read_bytes()
    return readers()["maboss"].read(content, bnd, Given(further_files=further, **given))


def reference_windows(path: Path) -> tuple[np.ndarray, Windows]:
    """Return the windows' begins and, for each, state -> (probability, error), from a probtraj file."""
    begins, windows = [], []
    for line in path.read_text().splitlines()[1:]:
        words = line.split("\t")
        begins.append(float(words[0]))
        entries = words[5:]
        window = {}
        for state, p, error in zip(entries[::3], entries[1::3], entries[2::3], strict=True):
            names = frozenset() if state == "<nil>" else frozenset(state.split(" -- "))
            window[names] = (float(p), float(error))
        windows.append(window)
    return np.array(begins), windows


def reference_fixed_points(path: Path) -> dict[State, float]:
    """Return state -> share of runs, from an fp file."""
    points = {}
    for line in path.read_text().splitlines()[2:]:
        words = line.split("\t")
        points[frozenset() if words[2] == "<nil>" else frozenset(words[2].split(" -- "))] = float(words[1])
    return points


class Chains:
    """Many cells with one Boolean network in continuous time, advanced step by step."""

    def __init__(self, model: NetworkModel, cells: int, seed: int = 1) -> None:
        self.kind = BooleanContinuousKind(model, ToleranceSettings())
        self.values, self.places = np.zeros((cells, len(self.kind.names))), np.arange(cells)
        self.key, self.tick = np.uint64(seed), 0
        self.kind.start(self.values, self.places, self.places + 1, key=self.key, tick=0, time=0.0, inputs={})

    def advance(self, duration: float) -> None:
        codes = self.kind.advance(
            self.values, self.places, start=0.0, duration=duration, inputs={},
            draws=Draws(self.key, self.places + 1, self.tick),
        )  # fmt: skip
        assert not codes.any()
        self.tick += 1

    def states(self, names: tuple[str, ...]) -> np.ndarray:
        columns = [self.kind.names.index(name) for name in names]
        return (self.values[:, columns] != 0.0) @ (1 << np.arange(len(names), dtype=np.int64))

    def fixed(self, state: int) -> bool:
        """Say whether a state (all nodes) is left by no flip."""
        code, flips = self.kind.kernels.possible_flips(self.values[:1].copy(), state, 1)
        return code == 0 and flips[0] == 0


def named(state: int, names: tuple[str, ...]) -> State:
    return frozenset(name for i, name in enumerate(names) if state >> i & 1)


def window_averages(chains: Chains, window: float, number: int, samples: int) -> Windows:
    """Return for each window state -> (share of time, its standard error), from `samples` midpoints."""
    names = chains.kind.recorded
    step, windows = window / samples, []
    chains.advance(0.5 * step)
    for _ in range(number):
        ids = np.empty((len(chains.places), samples), dtype=np.int64)
        for k in range(samples):
            ids[:, k] = chains.states(names)
            chains.advance(step)
        found = {}
        for state in np.unique(ids):
            share = (ids == state).mean(axis=1)
            error = share.std(ddof=1) / np.sqrt(len(share))
            found[named(int(state), names)] = (float(share.mean()), float(error))
        windows.append(found)
    return windows


def entries_beyond(found: Windows, reference: Windows) -> tuple[int, int]:
    """Return how many entries differ by more than three summed errors, and how many there are."""
    beyond = number = 0
    for ours, theirs in zip(found, reference, strict=True):
        for state in ours.keys() | theirs.keys():
            p, error = ours.get(state, (0.0, 0.0))
            p_ref, error_ref = theirs.get(state, (0.0, 0.0))
            beyond += abs(p - p_ref) > 3.0 * (error + error_ref)
            number += 1
    return beyond, number


def fixed_point_shares(chains: Chains) -> dict[State, float]:
    """Return fixed point -> share of cells that are in it."""
    nodes = chains.kind.system.nodes
    states, numbers = np.unique(chains.states(nodes), return_counts=True)
    return {
        named(int(state), nodes): number / len(chains.places)
        for state, number in zip(states, numbers, strict=True)
        if chains.fixed(int(state))
    }
