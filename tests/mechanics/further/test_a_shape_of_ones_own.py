"""A file put into the folder of shapes is a key of scenarios, without a change anywhere else."""

from __future__ import annotations

import subprocess
import sys

SLAB = '''
from tissue_sim.mechanics.membrane_shape import MembraneShape
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import PositiveLength


class Slab(Settings):
    """What lies between two planes across z."""

    thickness: PositiveLength


def distance(x, y, z, half):
    return half - abs(z), 0.0, 0.0, (-1.0 if z > 0.0 else 1.0)


SHAPE = MembraneShape("slab", Slab, lambda settings: (0.5 * settings.thickness,), distance, {"thickness": 50})
'''
CODE = """
import sys
import tissue_sim.mechanics.basement_membranes as folder
folder.__path__.append(sys.argv[1])
from tissue_sim.scenario.scenario import load_scenario_text
from tissue_sim.simulation import Simulation
scenario = load_scenario_text('''
tissue_sim: 1
duration: 80 min
domain: {size: [100, 100, 100]}
basement_membranes: [{slab: {thickness: 0.02 mm}}]
cell_types: {cell: {mechanics: {basement_membrane: {adhesion: 2.5}}}}
initial: [{type: cell, points: [[0, 0, 9], [50, 0, -5]]}]
''')
simulation = Simulation(scenario)
last = list(simulation)[-1]
print(*last.columns["membrane_distance"].values / last.columns["radius"].values)
"""


def test_a_new_shape_needs_no_other_file(tmp_path):
    (tmp_path / "slab.py").write_text(SLAB)
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path)], capture_output=True, text=True, check=True
    )
    # Adhesion 2.5 against repulsion 10: (1 - 1/2)/(1 - 0.4) radii.
    assert [round(float(each), 6) for each in done.stdout.split()] == [round(5.0 / 6.0, 6)] * 2
