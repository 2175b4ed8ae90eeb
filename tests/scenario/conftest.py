"""A small valid scenario, and reading it with changes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tissue_sim.errors import ScenarioError
from tissue_sim.scenario.scenario import load_scenario_text

SAMPLE = Path(__file__).parent / "sample"

SMALL = """\
tissue_sim: 1
title: small
duration: 10 h
parameters:
  k: 0.1
domain:
  size: [200, 100]
  spacing: 10 um
  boundary: open
signals:
  oxygen:
    unit: mmHg
    diffusion: 1e5 um^2/min
    decay: 0.1 /min
    initial: 38
    boundary:
      default:
        value: 38
networks:
  switch:
    equations: |
      # a comment
      HIF' = k_s/(1 + (oxygen/K)^4) - k_d*HIF
      half = HIF/2
    parameters:
      k_s: 0.1
      K: 5
      k_d: 0.05
    initial: {HIF: 0}
    inputs:
      oxygen: signal.oxygen
cell_types:
  tumour:
    cycle:
      model: live
      rate: 7.2e-4 /min
    exchange:
      oxygen:
        uptake: 60 /min
    networks: [switch]
    rules:
      - network.switch.HIF decreases cycle.rate to 0 with half_max 0.5, hill 4
  resistant:
    like: tumour
    death:
      apoptosis:
        rate: 0 /min
initial:
  - type: tumour
    disc:
      center: [0, 0]
      radius: 30
measures:
  mean_hif: mean(network.switch.HIF)
stop_when: count(cell.type == "tumour") > 1000
short:
  duration: 1 h
"""


@pytest.fixture
def small() -> str:
    """Text of a valid scenario."""
    return SMALL


@pytest.fixture
def sample() -> Path:
    """The scenario of the manual with the files it names."""
    return SAMPLE / "scenario.yaml"


def changed(old: str, new: str, text: str = SMALL) -> str:
    """Return the text with one part replaced; the part must be there once."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


@pytest.fixture
def change():
    """The function `changed`."""
    return changed


def mistakes_in(text: str, within: float = 1.0, **options) -> list[str]:
    """Return the problems of a scenario as shown; reading must not take longer than `within` s."""
    began = time.thread_time()
    try:
        load_scenario_text(text, options.pop("folder", SAMPLE), name="s.yaml", **options)
        found = []
    except ScenarioError as error:
        found = [str(problem) for problem in error.problems]
    assert time.thread_time() - began < within
    return found


@pytest.fixture
def mistakes():
    """The function `mistakes_in`; units are known beforehand, as they are read once per process."""
    from tissue_sim.units import is_unit

    assert is_unit("um")
    return mistakes_in
