"""Units of measures follow from their formulas."""

import pytest

from tissue_sim.analysis.measure_units import unit_of_measure

UNITS = {"oxygen": "mmHg", "VEGF": "1", "density": "1/um^3", "radius": "um", "x": "um", "time": "min"}


@pytest.mark.parametrize(
    ("formula", "unit"),
    [
        ("max(signal.oxygen)", "mmHg"),
        ("mean(signal.VEGF)", "1"),
        ("count(signal.oxygen > 5)", "1"),
        ("fraction(network.n.X > 0.5 and cell.age < 3)", "1"),
        ("mean(network.n.X)", "1"),
        ("mean(pressure)", "1"),
        ("mean(cell.age)", "min"),
        ("sum(cell.volume)", "um^3"),
        ("2*sqrt(sum(cell.radius^2))", "um"),
        ("std(cell.radius)/mean(cell.radius)", "1"),
        ("sum(cell.volume)/time", "um^3/min"),
        ("mean(1/(1 + pressure^4))", "1"),
        ("mean(signal.density*cell.volume)", "1"),
        ("1/mean(cell.age)", "1/min"),
        ("mean(cell.age) - 10", "min"),
        ("mean(exp(pressure))", "1"),
        ("min(signal.oxygen)*mean(cell.radius)", "mmHg*um"),
        # What cannot be told is not guessed.
        ("mean(signal.unknown)", None),
        ("mean(cell.age) + mean(cell.radius)", None),
        ("mean(exp(cell.age))", None),
        ("mean(cell.radius^pressure)", None),
        ("k*mean(cell.radius)", None),
        ("mean(", None),
    ],
)
def test_the_unit_of_a_formula(formula, unit):
    assert unit_of_measure(formula, UNITS) == unit
