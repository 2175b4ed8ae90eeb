"""Molecules at division: each goes to either cell by its part of the volume, none is lost or made."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tissue_sim.network.process import NetworkProcess
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.settings import NetworkSettings
from tissue_sim.tissue.behaviours import Behaviour
from tissue_sim.tissue.columns import Column
from tissue_sim.tissue.domain import Domain
from tissue_sim.tissue.model import TissueModel

BOX = Domain((-50.0, -50.0, -50.0), (50.0, 50.0, 50.0))
STEPS = {"signals": 0.5, "mechanics": 0.5, "network": 1.0, "lifecycle": 1.0}
TURNOVER = {
    "equations": "G -> G + X @ k*G\nX -> @ d*X\ntwice = 2*X",
    "parameters": {"k": "uniform(5, 9)", "d": 0.2},
    "initial": {"G": 1, "X": 30},
    "method": "gillespie",
}
LEAST_CHANCE = 1e-4


def tissue_of(network: dict, cells: int, seed: int = 5) -> TissueModel:
    tissue = TissueModel(BOX, ("a",), STEPS, seed=seed)
    tissue.add_column(Column("food", "f8"))
    tissue.behaviours.declare(Behaviour("growth", "1/min"), [0.0])
    settings = NetworkSettings.model_validate(network)
    model = readers()[settings.source].read(
        getattr(settings, settings.source).encode(),
        "net",
        Given(settings.parameters, settings.initial, tuple(settings.inputs)),
    )
    tissue.add_process(NetworkProcess(tissue, {"net": settings}, {"net": model}, {"a": ["net"]}))
    tissue.add_cells(np.zeros((cells, 3)), np.zeros(cells, dtype=int))
    tissue.population["volume"][:] = 1000.0
    return tissue


def divided(tissue: TissueModel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Divide all cells; return values before, of mothers and of daughters."""
    block = tissue.blocks["net"]
    before, number = block.values.copy(), len(block.values)
    tissue.ask("division", np.arange(1, number + 1))
    tissue.apply_due()
    return before, block.values[:number], block.values[number:]


def test_molecules_are_shared_out_by_default_and_genes_copied():
    tissue = tissue_of(TURNOVER, 3000)
    tissue.step()
    before, mothers, daughters = divided(tissue)
    names = tissue.blocks["net"].names
    x, gene, twice, k = (names.index(name) for name in ("X", "G", "twice", "k"))
    assert (mothers[:, x] + daughters[:, x] == before[:, x]).all()
    assert (mothers[:, gene] == 1.0).all()
    assert (daughters[:, gene] == 1.0).all()
    assert (daughters[:, twice] == 2.0 * daughters[:, x]).all()
    assert (daughters[:, k] == before[:, k]).all()
    quantiles = stats.binom(before[:, x], 0.5).cdf(mothers[:, x])
    chances = stats.binom(before[:, x], 0.5).pmf(mothers[:, x])
    rng = np.random.default_rng(0)
    assert stats.kstest(quantiles - chances * rng.random(3000), "uniform").pvalue > LEAST_CHANCE


def test_daughters_carry_on():
    tissue = tissue_of(TURNOVER, 2000)
    tissue.step()
    _, _, daughters = divided(tissue)
    first = daughters[:, 1].copy()
    assert first.mean() < 20.0
    for _ in range(30):
        tissue.step()
    values = tissue.blocks["net"].values
    mother_ends, daughter_ends = values[:2000], values[2000:]
    k = tissue.blocks["net"].names.index("k")
    assert (mother_ends[:, k] == daughter_ends[:, k]).all()
    assert (mother_ends[:, 1] != daughter_ends[:, 1]).mean() > 0.8
    np.testing.assert_allclose(daughter_ends[:, 1].mean(), (daughter_ends[:, k] / 0.2).mean(), rtol=0.03)
    assert (daughter_ends[:, 1] == np.rint(daughter_ends[:, 1])).all()


@pytest.mark.parametrize("rule", ["copy", "volume", "binomial", "reset"])
def test_every_rule(rule):
    tissue = tissue_of({**TURNOVER, "initial": {"G": 1, "X": 31}, "division": {"X": rule}}, 400)
    before, mothers, daughters = divided(tissue)
    sums = mothers[:, 1] + daughters[:, 1]
    if rule in ("copy", "reset"):
        assert (mothers[:, 1] == 31.0).all()
        assert (daughters[:, 1] == 31.0).all()
    else:
        assert (sums == 31.0).all()
        assert (mothers[:, 1] == np.rint(mothers[:, 1])).all()
        assert len(np.unique(mothers[:, 1])) == 1 if rule == "volume" else len(np.unique(mothers[:, 1])) > 8
    assert (before[:, 1] == 31.0).all()


def test_shares_follow_volumes_and_bits_belong_to_seed_and_mother():
    results = []
    for cells, seed in ((600, 5), (600, 5), (300, 5), (600, 6)):
        tissue = tissue_of(TURNOVER, cells, seed)
        results.append(divided(tissue)[1][:, 1].copy())
    assert results[0].tobytes() == results[1].tobytes()
    assert results[0][:300].tobytes() == results[2].tobytes()
    assert (results[0] != results[3]).mean() > 0.7


def test_binomial_division_of_an_ode_keeps_sums_exactly():
    network = {
        "equations": "X' = 0\nY' = 0",
        "initial": {"X": "uniform(0, 20)", "Y": "uniform(0, 1e6)"},
        "division": {"X": "binomial", "Y": "volume"},
    }
    before, mothers, daughters = divided(tissue_of(network, 500))
    assert (mothers[:, 0] + daughters[:, 0] == before[:, 0]).all()
    assert (np.abs(mothers[:, 0] - before[:, 0] / 2) > 0.5).any()
    np.testing.assert_allclose(mothers[:, 1], before[:, 1] / 2, rtol=1e-15)


SBML = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"><model id="m">
<listOfCompartments>
<compartment id="cyt" spatialDimensions="3" size="3" constant="true"/></listOfCompartments>
<listOfSpecies><species id="X" compartment="cyt" initialAmount="60" hasOnlySubstanceUnits="false"
 boundaryCondition="false" constant="false"/></listOfSpecies>
<listOfReactions><reaction id="lose" reversible="false"><listOfReactants>
<speciesReference species="X" stoichiometry="1" constant="true"/></listOfReactants><kineticLaw>
<math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><cn> 0 </cn><ci> X </ci></apply></math>
</kineticLaw></reaction></listOfReactions></model></sbml>"""


@pytest.mark.slow
def test_concentrations_are_shared_out_as_molecules():
    pytest.importorskip("libsbml")
    tissue = tissue_of({"sbml": SBML, "method": "tau_leaping"}, 500)
    before, mothers, daughters = divided(tissue)
    counts = [np.rint(values[:, 0] * 3.0) for values in (before, mothers, daughters)]
    assert (counts[0] == 60.0).all()
    assert (counts[1] + counts[2] == 60.0).all()
    np.testing.assert_allclose(mothers[:, 0] * 3.0, counts[1], rtol=1e-14)
    assert len(np.unique(counts[1])) > 10
    tissue.step()
    np.testing.assert_allclose(tissue.blocks["net"].values[:500, 0] * 3.0, counts[1], rtol=1e-14)


def test_molecules_stay_as_a_volume_that_is_an_input_grows():
    pytest.importorskip("libsbml")
    tissue = tissue_of({"sbml": SBML, "method": "gillespie", "inputs": {"cyt": "1000 + cell.food"}}, 20)
    values = tissue.blocks["net"].values
    np.testing.assert_allclose(values[:, 0], 0.06, rtol=1e-14)
    tissue.population["food"][:] = 1000.0
    tissue.step()
    np.testing.assert_allclose(values[:, 0], 0.03, rtol=1e-14)


def test_a_failure_names_network_reaction_and_cell():
    from tissue_sim.errors import SimulationError

    network = {
        "equations": "pump: X -> @ k*(X - 29.5)",
        "parameters": {"k": 50},
        "initial": {"X": 31},
        "method": "gillespie",
    }
    with pytest.raises(SimulationError, match=r"cell_id 1: network 'net'.*'pump' \(X ->\) is negative"):
        tissue_of(network, 2).step()
    tissue = tissue_of({**network, "on_failure": "freeze"}, 2)
    tissue.step()
    assert (tissue.blocks["net"].values[:, 0] == 31.0).all()


@pytest.mark.parametrize("method", ["gillespie", "tau_leaping", "chemical_langevin"])
def test_a_run_goes_on_from_its_state(method):
    network = {**TURNOVER, "method": method}
    whole, part = tissue_of(network, 50), tissue_of(network, 50, seed=5)
    for _ in range(6):
        whole.step()
    for _ in range(2):
        part.step()
    other = tissue_of(network, 50, seed=5)
    other.blocks["net"].restore(part.blocks["net"].state())
    other.clock.tick = part.clock.tick
    for _ in range(4):
        other.step()
    assert other.blocks["net"].values.tobytes() == whole.blocks["net"].values.tobytes()
