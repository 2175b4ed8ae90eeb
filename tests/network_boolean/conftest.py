"""What tests of Boolean networks share: readers, cells, comparison with MaBoSS, code without JIT."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from tissue_sim.network.kind import Draws, kinds
from tissue_sim.network.model import NetworkModel
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.tissue.distributions import parse_distribution

SOURCE = Path(__file__).parent / "boolean_windows.py"


def windows_module() -> ModuleType:
    if "boolean_windows" not in sys.modules:
        specification = importlib.util.spec_from_file_location("boolean_windows", SOURCE)
        module = importlib.util.module_from_spec(specification)
        sys.modules["boolean_windows"] = module
        specification.loader.exec_module(module)
    return sys.modules["boolean_windows"]


@pytest.fixture
def bw() -> ModuleType:
    return windows_module()


def given_of(parameters=None, initial=None, inputs=(), cfg=None, mutants=None) -> Given:
    return Given(
        {name: parse_distribution(value) for name, value in (parameters or {}).items()},
        {name: parse_distribution(value) for name, value in (initial or {}).items()},
        tuple(inputs),
        {},
        () if cfg is None else (("x.cfg", cfg.encode()),),
        mutants or {},
    )


def bnet(text: str, **more) -> NetworkModel:
    return readers()["bnet"].read(text.encode(), "x.bnet", given_of(**more))


def maboss(text: str, cfg: str = "", **more) -> NetworkModel:
    return readers()["maboss"].read(text.encode(), "x.bnd", given_of(cfg=cfg, **more))


class Cells:
    """Cells with one Boolean network."""

    def __init__(self, model: NetworkModel, method: str = "boolean_continuous", cells: int = 1000, seed=1):
        self.kind = kinds()[method](model, ToleranceSettings(), 0)
        self.values, self.places = np.zeros((cells, len(self.kind.names))), np.arange(cells)
        self.key, self.tick = np.uint64(seed), 0
        self.inputs: dict[str, np.ndarray] = {name: np.zeros(cells) for name in model.inputs}
        self.kind.start(
            self.values, self.places, self.places + 1, key=self.key, tick=0, time=0.0, inputs=self.inputs
        )

    def advance(self, duration: float, places=None) -> np.ndarray:
        places = self.places if places is None else places
        codes = self.kind.advance(
            self.values, places, start=0.0, duration=duration,
            inputs={name: values[places] for name, values in self.inputs.items()},
            draws=Draws(self.key, places + 1, self.tick),
        )  # fmt: skip
        self.tick += 1
        return codes

    def __getitem__(self, name: str) -> np.ndarray:
        return self.values[:, self.kind.names.index(name)]


@pytest.fixture
def net() -> SimpleNamespace:
    return SimpleNamespace(bnet=bnet, maboss=maboss, Cells=Cells, given=given_of)


def plain_module(source: str) -> dict:
    """Run generated source as ordinary Python and return its names."""
    text = source.replace("@kernel(parallel=True)", "").replace("@kernel", "")
    names: dict = {}
    exec(compile(text, "generated", "exec"), names)
    return names


@pytest.fixture(scope="session")
def without_jit():
    return plain_module


@pytest.fixture
def make_equations() -> NetworkModel:
    return readers()["equations"].read(b"X' = 1", "x", given_of(initial={"X": 0}))
