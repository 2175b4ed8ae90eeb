"""A scalar function compiled into the loop over cells, from an extension file."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.codegen.cell_loop import compile_cell_loop
from tissue_sim.errors import SettingsError, SimulationError
from tissue_sim.simulation import Simulation

EXTENSION = '''
import math

from tissue_sim import Cell, CompiledStep


def speed_of(age: float, dt: float) -> tuple[float, float]:
    """Young cells rest."""
    v = 0.0 if age < 30.0 else 2.0 * math.exp(-age / 60.0)
    return v, v * dt


class Searcher(Cell):
    compiled_step = CompiledStep(
        speed_of, reads={"age": "cell.age"}, writes=["motility.speed", "cell.reach"]
    )
'''

SCENARIO = """
tissue_sim: 1
duration: 1 h
steps: {mechanics: 1 min, lifecycle: 6 min}
domain: {size: [100, 100]}
columns: {reach: {unit: um}}
cell_types: {a: {mechanics: none, agent: searcher.Searcher}}
extensions: [searcher.py]
initial: [{type: a, disc: {radius: 30}}]
"""


@pytest.fixture
def scenario(tmp_path):
    def write(extension: str = EXTENSION):
        (tmp_path / "searcher.py").write_text(extension)
        (tmp_path / "s.yaml").write_text(SCENARIO)
        return Simulation.from_scenario(tmp_path / "s.yaml", allow_code=True)

    return write


def test_it_reads_and_writes_quantities_of_every_cell(scenario):
    simulation = scenario()
    for _ in simulation:
        pass
    tissue = simulation.tissue
    # The last lifecycle step began at 54 min and set the age to its end before the hooks ran.
    (age,) = set(tissue.population["age"].tolist())
    speed = 2.0 * np.exp(-age / 60.0)
    assert tissue.behaviours.own("motility.speed") == pytest.approx(speed)
    assert tissue.population["reach"] == pytest.approx(6.0 * speed)
    assert np.ptp(tissue.population["position"][:, 0]) > 0.0


def test_an_unknown_argument_is_refused(scenario):
    with pytest.raises(SimulationError, match=r"speed_of\(\) asks for 'size', which `reads` does not name"):
        scenario(EXTENSION.replace("age: float", "size: float")).step()


def test_what_is_defined_outside_of_it_is_refused(scenario):
    with pytest.raises(SimulationError, match=r"speed_of\(\) uses SLOW from outside of it"):
        scenario(
            EXTENSION.replace("/ 60.0", "/ SLOW").replace("import math", "import math\nSLOW = 60.0")
        ).step()


def test_a_function_without_a_file_is_refused():
    with pytest.raises(SettingsError, match="cannot be read"):
        compile_cell_loop(eval("lambda age: age", {}), ("age",), 1)
