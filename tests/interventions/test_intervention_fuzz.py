"""Whatever stands under `interventions:`, the answer is a scenario that can be built or a ScenarioError."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tissue_sim.errors import ScenarioError
from tissue_sim.scenario.describe import describe
from tissue_sim.scenario.interventions import plan
from tissue_sim.scenario.scenario import load_scenario_text

TEXT = """\
tissue_sim: 1
duration: 10 h
parameters: {k: 0.1}
domain: {size: [200, 100], spacing: 10}
signals:
  drug:
    unit: uM
    diffusion: 10
    boundary: {default: {value: 0}, x_min: {mixed: {value: 1, permeability: 2}}}
  field: {mode: {prescribed: k*x}}
sources: [{signal: drug, region: {ball: {center: [0, 0], radius: 20}}, rate: 1}]
fixed: [{signal: drug, region: {ball: {center: [0, 0], radius: 20}}, value: 1}]
networks:
  gene: {equations: "X' = k - d*X", parameters: {d: 1}, initial: {X: 0}}
cell_types:
  a: {cycle: {phases: {G: {rate: 1}, M: {duration: 2, divides: true}}}, networks: [gene]}
  b: {cycle: {model: live, rate: 1}, exchange: {drug: {uptake: {max: 1, half: 2}}}}
"""
PATHS_IN_FILE = """
parameters.k parameters parameters. signals signals.drug signals.drug.decay signals.drug.boundary
signals.drug.boundary.default signals.drug.boundary.default.value signals.drug.boundary.x_min.mixed.value
signals.drug.boundary.y_max signals.drug.tolerance signals.field.mode signals.field.decay
sources.0.rate sources.-1.rate sources.x.rate fixed.0.value fixed.0
networks.gene networks.gene.parameters.d networks.gene.parameters.k networks.gene.equations
cell_types.a.cycle.phases.G.rate cell_types.a.cycle.phases.M.duration cell_types.a.cycle
cell_types.b.cycle.rate cell_types.b.exchange.drug cell_types.b.exchange.drug.uptake
cell_types.b.exchange.drug.uptake.max cell_types.c.growth cell_types.a.growth cell_types.a.growth.x
. .. interventions.0.at short seed a.b.c.d.e.f.g
"""
PATHS = st.sampled_from(PATHS_IN_FILE.split())
NAMES = st.sampled_from(
    ("network.gene.X", "network.gene.Y", "network.x.X", "gene.X", "X", "", "network..", "...")
)
KEYS = st.sampled_from(("value", "flux", "max", "half", "mixed", "x"))
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 9), st.floats(), st.text(max_size=8),
    st.sampled_from(("1 uM", "1 /min", "uniform(0, 1)", "k", "1 um")),
    st.dictionaries(KEYS, st.integers(0, 3), max_size=2),
    st.lists(st.integers(), max_size=2),
)  # fmt: skip
TIMES = st.one_of(st.sampled_from((0, 1, 60, "1 h", "3 um", -1, None, [])), st.floats())
ACTIONS = st.one_of(
    st.fixed_dictionaries({"set": st.one_of(st.dictionaries(PATHS, VALUES, max_size=3), VALUES)}),
    st.fixed_dictionaries({"knockout": st.one_of(NAMES, st.lists(NAMES, max_size=3), VALUES)}),
    st.dictionaries(
        st.sampled_from(("clamp", "knockdown", "overexpress", "clmp")),
        st.dictionaries(NAMES, VALUES, max_size=2),
        max_size=2,
    ),
)
WHEN = st.fixed_dictionaries(
    {"at": TIMES},
    optional={
        "every": TIMES, "for": TIMES, "until": TIMES, "fraction": VALUES,
        "where": st.sampled_from(("cell.age > 1", "network.gene.X", "mean(cell.age)", "x +", 1, None)),
    },
)  # fmt: skip


@settings(deadline=None, max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(WHEN, ACTIONS), max_size=3))
def test_any_interventions(items):
    lines = [{**when, **action} for when, action in items]
    text = f"{TEXT}interventions: {json.dumps(lines, ensure_ascii=False)}\n"
    scenario, problems = None, []
    try:
        scenario = load_scenario_text(text, name="s.yaml")
    except ScenarioError as error:
        problems = error.problems
    assert all(problem.line for problem in problems)
    if scenario is not None:
        assert describe(scenario)
        assert len(plan(scenario)) == len(items)
