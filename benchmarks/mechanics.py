"""Mechanics: microseconds per cell and step, list rebuilds included, and the error against a double loop.

100,000 cells, hexagonal close packed at 0.95 of their diameter (12 neighbours each in 3-D, 6 in 2-D), one
thread, physicell law: ``python benchmarks/mechanics.py [cells]``. Three tissues: at rest, with cells shaken
out of their places, and with cells that crawl at 1 um/min, so that lists are rebuilt. Then what else can be
asked of them: affinities between two types, Brownian motion, and the other integrators.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numba
import numpy as np

from tissue_sim.mechanics.process import MechanicsProcess
from tissue_sim.mechanics.settings import MotilitySettings, mechanics_settings
from tissue_sim.tissue.domain import Domain
from tissue_sim.tissue.model import TissueModel

RADIUS = 8.41
STEP = 0.1
STEPS = 40
REPEATS = 3
SAMPLE = 200


def close_packed(number: int, spacing: float) -> np.ndarray:
    """Return the centres of a cube of close packed spheres, float64[number, 3]."""
    edge = int(np.ceil(number ** (1.0 / 3.0)))
    i, j, k = np.meshgrid(*[np.arange(edge)] * 3, indexing="ij")
    x = i + 0.5 * ((j + k) % 2)
    y = (j + (k % 2) / 3.0) * np.sqrt(3.0) / 2.0
    z = k * np.sqrt(2.0 / 3.0)
    points = np.stack([x, y, z], axis=-1).reshape(-1, 3) * spacing
    return (points - points.mean(axis=0))[:number]


def hexagonal_sheet(number: int, spacing: float) -> np.ndarray:
    """Return the centres of a square hexagonal sheet, float64[number, 3]."""
    edge = int(np.ceil(number**0.5))
    i, j = np.meshgrid(np.arange(edge), np.arange(edge), indexing="ij")
    points = np.stack([i + 0.5 * (j % 2), j * np.sqrt(0.75), 0.0 * i], axis=-1).reshape(-1, 3) * spacing
    return (points - points.mean(axis=0))[:number]


def tissue_of(
    number: int,
    *,
    dimensions: int = 3,
    shaken: float = 0.0,
    speed: float = 0.0,
    diffusivity: float = 0.0,
    mechanics: dict[str, Any] | None = None,
) -> TissueModel:
    """Build a tissue of two equal types: `shaken` is a standard deviation in um, `speed` in um/min."""
    present = (True, True, dimensions == 3)
    domain = Domain((-5e3,) * 3, (5e3,) * 3, present)
    tissue = TissueModel(domain, ["a", "b"], {"mechanics": STEP})
    motility = MotilitySettings(speed=speed, persistence=10.0, diffusivity=diffusivity)
    settings = mechanics_settings(mechanics)
    tissue.add_process(
        MechanicsProcess(tissue, {"a": settings, "b": settings}, {"a": motility, "b": motility})
    )
    packed = close_packed if dimensions == 3 else hexagonal_sheet
    position = packed(number, 0.95 * 2.0 * RADIUS)
    position += shaken * np.random.default_rng(1).normal(size=position.shape) * present
    tissue.add_cells(position, np.arange(number) % 2)
    tissue.population["radius"][:] = RADIUS
    return tissue


def largest_error(tissue: TissueModel) -> float:
    """Return the largest error of the velocities of a sample, over the largest velocity."""
    from tissue_sim.mechanics.forces import Forces
    from tissue_sim.mechanics.laws.physicell import LAW

    position, radius = tissue.population["position"], tissue.population["radius"]
    settings = mechanics_settings()
    velocity = Forces(tissue, {"a": settings, "b": settings}).velocity(tissue, position)
    worst = 0.0
    for i in np.linspace(0, len(position) - 1, SAMPLE).astype(int).tolist():
        difference = position[i] - position
        distance = np.sqrt((difference**2).sum(axis=1))
        expected = np.zeros(3)
        for j in np.flatnonzero((distance < 3.0 * RADIUS) & (distance > 0.0)).tolist():
            speed = LAW.speed(distance[j], radius[i] + radius[j], 10.0, 0.4, 1.25)
            expected += speed * difference[j] / distance[j]
        worst = max(worst, float(np.abs(velocity[i] - expected).max()))
    return worst / float(np.abs(velocity).max())


KINDS: dict[str, dict[str, Any]] = {
    "at rest": {},
    "shaken by 1 um": {"shaken": 1.0},
    "crawling at 1 um/min": {"speed": 1.0},
}
OTHERS: dict[str, dict[str, Any]] = {
    "with affinities": {"shaken": 1.0, "mechanics": {"affinity": {"a": 0.5}}},
    "Brownian, 1 um^2/min": {"diffusivity": 1.0},
    "heun": {"shaken": 1.0, "mechanics": {"integrator": "heun"}},
    "adams_bashforth": {"shaken": 1.0, "mechanics": {"integrator": "adams_bashforth"}},
    "adaptive, 0.01 um": {"shaken": 1.0, "mechanics": {"integrator": "adaptive"}},
}


def measured(number: int, name: str, options: dict[str, Any]) -> str:
    """Time the steps of one tissue; return a line on it."""
    seconds = []
    tissue_of(1000, **options).step()
    for _ in range(REPEATS):
        tissue = tissue_of(number, **options)
        tissue.step()
        built = tissue.neighbours.list.builds
        began = time.perf_counter()
        for _ in range(STEPS):
            tissue.step()
        seconds.append((time.perf_counter() - began) / STEPS / number)
        built = tissue.neighbours.list.builds - built
    counted = [f"{value} {what}" for what, value in tissue.processes[-1].counters().items() if value]
    return (
        f"  {name:22s} {1e6 * np.median(seconds):.3f} us per cell and step "
        f"({built} rebuilds in {STEPS} steps, {tissue.population['neighbours'].mean():.1f} neighbours, "
        + ", ".join([f"relative error {largest_error(tissue):.0e}", *counted])
        + ")"
    )


def main() -> None:
    """Print one line for each tissue."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    numba.set_num_threads(1)
    for dimensions in (3, 2):
        print(f"mechanics, {number} cells in {dimensions}-D, one thread, steps of {STEP} min, euler")
        for name, options in KINDS.items():
            print(measured(number, name, options | {"dimensions": dimensions}))
    print("3-D, what else can be asked of cells")
    for name, options in OTHERS.items():
        print(measured(number, name, options))


if __name__ == "__main__":
    main()
