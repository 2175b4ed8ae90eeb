"""Patterns and fronts against what linear theory says of them: Schnakenberg's model, Fisher's equation."""

from __future__ import annotations

import csv
from typing import NamedTuple

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

SCHNAKENBERG = ["u' = a - u + u^2*v", "v' = b - u^2*v"]
NUMBERS = {"a": 0.1, "b": 0.9}
CRITICAL = 8.56763


class Fastest(NamedTuple):
    """The fastest mode at a ratio of diffusion constants."""

    ratio: float
    number: float
    wavelength: float
    rate: float


@pytest.fixture(scope="module")
def fastest(ground_truth) -> dict[float, Fastest]:
    text = (ground_truth / "patterns" / "schnakenberg_a0.1_b0.9.csv").read_text().splitlines()
    rows = list(csv.DictReader(line for line in text if not line.startswith("#")))
    keys = ("d", "k_fastest", "wavelength_fastest", "growth_rate")
    return {float(row["d"]): Fastest(*(float(row[key]) for key in keys)) for row in rows}


def mode_at(ratio: float, k: float) -> tuple[float, float]:
    """Growth rate of a mode, and what it has in v for 1 in u."""
    jacobian = np.array([[-1.0 + 2.0 * 0.9, 1.0], [-2.0 * 0.9, -1.0]]) - k**2 * np.diag([1.0, ratio])
    values, vectors = np.linalg.eig(jacobian)
    first = int(values.real.argmax())
    return float(values[first].real), float((vectors[1, first] / vectors[0, first]).real)


def seeded(react, ratio, k, dt):
    """Four wavelengths with a small mode; its amplitude at times."""
    length, in_v = 4 * 2.0 * np.pi / k, mode_at(ratio, k)[1]
    signals = {
        "u": {"diffusion": 1, "initial": f"1 + 1e-6*cos({k!r}*x)"},
        "v": {"diffusion": ratio, "initial": f"0.9 + {1e-6 * in_v!r}*cos({k!r}*x)"},
    }
    options = {"size": [length], "spacing": length / 80, "boundary": "periodic", "parameters": NUMBERS}
    run = react(SCHNAKENBERG, signals, dt=dt, **options)
    return lambda time: float(np.abs(np.fft.rfft(run.until(time).line("u") - 1.0))[4])


@pytest.mark.parametrize("ratio", [10.0, 20.0, 40.0])
def test_a_seeded_mode_grows_at_its_rate(react, fastest, ratio):
    known = fastest[ratio]
    assert mode_at(ratio, known.number)[0] == pytest.approx(known.rate, abs=1e-5)
    amplitude = seeded(react, ratio, known.number, 0.05)
    early, late = amplitude(4.0), amplitude(10.0)
    assert np.log(late / early) / 6.0 == pytest.approx(known.rate, rel=0.02)


def test_below_the_critical_ratio_no_mode_grows(react):
    for ratio, grows in ((0.93 * CRITICAL, False), (1.07 * CRITICAL, True)):
        amplitude = seeded(react, ratio, 0.58450, 0.05)
        early, late = amplitude(4.0), amplitude(10.0)
        assert (late > early) == grows


def noise(seed: int, size: float) -> str:
    """A value that looks drawn, from one voxel to the next."""
    return f"{size!r}*sin(43758.5453*sin({12.9898 + seed!r}*x))"


def wavelength(react, known: Fastest, seed: int, time: float) -> float:
    """Mean distance of the maxima that grow out of noise, in forty wavelengths."""
    length = 40 * known.wavelength
    signals = {
        "u": {"diffusion": 1, "initial": f"1 + {noise(seed, 1e-7)}"},
        "v": {"diffusion": known.ratio, "initial": 0.9},
    }
    options = {"size": [length], "spacing": length / int(length), "boundary": "periodic"}
    run = react(SCHNAKENBERG, signals, dt=0.1, parameters=NUMBERS, **options).until(time)
    u = run.line("u")
    assert np.ptp(u) > 0.3, "there is no pattern"
    assert run.line("u").min() > 0.0
    run.assert_books_close()
    return length / int(((u > np.roll(u, 1)) & (u >= np.roll(u, -1))).sum())


def test_the_wavelength_out_of_noise_is_that_of_the_fastest_mode(react, fastest):
    for seed in (1, 2):
        assert wavelength(react, fastest[20.0], seed, 80.0) == pytest.approx(
            fastest[20.0].wavelength, rel=0.05
        )


@pytest.mark.slow
@pytest.mark.parametrize(("ratio", "time"), [(10.0, 300.0), (20.0, 100.0), (40.0, 40.0)])
def test_the_wavelength_at_each_ratio(react, fastest, ratio, time):
    found = [wavelength(react, fastest[ratio], seed, time) for seed in (1, 2, 3)]
    assert np.mean(found) == pytest.approx(fastest[ratio].wavelength, rel=0.05)


def test_below_the_critical_ratio_noise_dies_out(react):
    signals = {
        "u": {"diffusion": 1, "initial": f"1 + {noise(1, 1e-2)}"},
        "v": {"diffusion": 0.93 * CRITICAL, "initial": 0.9},
    }
    run = react(SCHNAKENBERG, signals, size=[120], boundary="periodic", parameters=NUMBERS).until(150.0)
    assert np.ptp(run.line("u")) < 1e-3


def spreading(spacing: float) -> tuple[float, float]:
    """Speed and steepness of the linear front on a grid, D = r = 1: min (2/dx^2 (cosh(l dx) - 1) + 1)/l."""
    found = minimize_scalar(
        lambda steep: (2.0 / spacing**2 * (np.cosh(steep * spacing) - 1.0) + 1.0) / steep,
        bounds=(0.1, 3.0),
        method="bounded",
    )
    return float(found.fun), float(found.x)


@pytest.mark.parametrize("spacing", [1, 2])
def test_fisher_fronts_move_at_the_speed_of_the_grid(react, spacing):
    signals = {"u": {"diffusion": 1, "initial": "if(x < -90, 1, 0)"}}
    run = react(["u' = u*(1 - u)"], signals, size=[200], spacing=spacing)

    def front(time):
        u = run.until(time).line("u")
        last = np.flatnonzero(u > 0.5)[-1]
        return spacing * (last + (u[last] - 0.5) / (u[last] - u[last + 1]))

    speed, steepness = spreading(spacing)
    # What the grid adds is more than the test allows.
    assert speed > 1.03 * 2.0
    first, second, third = (front(time) for time in (20.0, 40.0, 80.0))
    for distance, length in ((second - first, 20.0), (third - second, 40.0)):
        # Bramson 1983: a front from a step lags by 3/(2 l) ln t.
        found = (distance + 1.5 / steepness * np.log(2.0)) / length
        assert found == pytest.approx(speed, rel=0.01)
    assert 0.0 <= run.line("u").min() < run.line("u").max() < 1.0 + 1e-9
    run.assert_books_close()
