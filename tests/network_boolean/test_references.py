"""Boolean networks in continuous time against MaBoSS: |p - p_ref| <= 3 summed errors, in window averages."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tissue_sim.errors import SettingsError
from tissue_sim.network.reader import Given, readers
from tissue_sim.tissue.distributions import Distribution

INVASION = (0, 200, 400, 600, 800, 1000)


def check(bw, chains, path, samples):
    begins, reference = bw.reference_windows(path)
    found = bw.window_averages(chains, begins[1] - begins[0], len(reference), samples)
    beyond, number = bw.entries_beyond(found, reference)
    assert number >= 20
    assert beyond <= 0.01 * number
    return found


def check_fixed_points(bw, shares, path, factor=1.0):
    reference = bw.reference_fixed_points(path)
    assert {s for s, p in shares.items() if p > 0.01 * factor} >= {
        s for s, p in reference.items() if p > 0.01
    }
    assert {s for s, p in reference.items() if p > 0} >= {s for s, p in shares.items() if p > 0.01}
    return reference


def test_cell_fate(bw, ground_truth):
    folder = ground_truth / "boolean" / "maboss" / "cellfate"
    chains = bw.Chains(bw.maboss_model(folder, "cellfate.bnd", "cellfate.cfg"), 10_000)
    found = check(bw, chains, folder / "reference_probtraj.csv", 2)
    on = sum(p for state, (p, _) in found[99].items() if "mROS" in state)
    exact = 1.0 + 24.0 / 0.1 * (math.exp(-10.0 / 24.0) - math.exp(-9.9 / 24.0))
    assert exact == pytest.approx(0.339384, abs=1e-6)
    assert abs(on - exact) < 4.0 * math.sqrt(exact * (1.0 - exact) / 10_000)


def test_mutual_inhibition(bw, ground_truth):
    folder = ground_truth / "boolean" / "maboss" / "toymod4fp"
    chains = bw.Chains(bw.maboss_model(folder, "ToyMod4FP.bnd", "ToyMod4FP.cfg"), 4000)
    check(bw, chains, folder / "reference_probtraj.csv", 30)
    shares = bw.fixed_point_shares(chains)
    check_fixed_points(bw, shares, folder / "reference_fp.csv")
    assert shares[frozenset({"A", "T"})] == pytest.approx(0.5, abs=4 * 0.5 / math.sqrt(4000))


def test_ewing_sarcoma(bw, ground_truth):
    folder = ground_truth / "boolean" / "maboss" / "ewing"
    model = bw.maboss_model(folder, "ewing_full.bnd", "ewing.cfg", "ewing_runcfg.cfg")
    assert len(model.nodes) == 78
    chains = bw.Chains(model, 4000)
    check(bw, chains, folder / "reference_probtraj.csv", 4)
    assert len(bw.reference_fixed_points(folder / "reference_fp.csv")) == 0


def test_cell_fate_as_sbml_qual(bw, ground_truth):
    pytest.importorskip("libsbml")
    folder = ground_truth / "boolean" / "maboss" / "sbml_qual"
    content = (folder / "cell_fate.sbml").read_bytes()
    model = readers()["sbml"].read(content, "cell_fate.sbml", Given())
    off = {name: Distribution.fixed(0.0) for name in model.species_names}
    chains = bw.Chains(model.with_initial(off), 10_000)
    check(bw, chains, folder / "reference_probtraj.csv", 5)
    check_fixed_points(bw, bw.fixed_point_shares(chains), folder / "reference_fp.csv")


def invasion(bw, folder, number, cells):
    content = (folder / f"Invasion_{number}.bnet").read_bytes()
    model = readers()["bnet"].read(content, f"Invasion_{number}.bnet", Given())
    chains = bw.Chains(model, cells, seed=number)
    chains.advance(50.0)
    return bw.fixed_point_shares(chains)


def agreeing(shares, reference, cells, runs=100_000):
    """Check shares within three summed binomial errors."""
    for state, p_ref in reference.items():
        p = shares.get(state, 0.0)
        error = math.sqrt(max(p, 1e-4) / cells) + math.sqrt(max(p_ref, 1e-4) / runs)
        assert abs(p - p_ref) <= 3.0 * error, sorted(state)


@pytest.mark.slow
def test_one_model_of_the_ensemble(bw, ground_truth):
    folder = ground_truth / "boolean" / "maboss" / "ensemble"
    shares = {state: p / 6.0 for state, p in invasion(bw, folder, 0, 10_000).items()}
    reference = check_fixed_points(bw, shares, folder / "reference_model_0_fp.csv")
    agreeing(shares, reference, 60_000)


@pytest.mark.slow
def test_the_ensemble(bw, ground_truth):
    folder = ground_truth / "boolean" / "maboss" / "ensemble"
    shares: dict = {}
    for number in INVASION:
        for state, p in invasion(bw, folder, number, 10_000).items():
            shares[state] = shares.get(state, 0.0) + p / 6.0
    agreeing(shares, check_fixed_points(bw, shares, folder / "reference_fp.csv"), 60_000)


def test_populations_are_refused_by_name(bw, ground_truth):
    folder = ground_truth / "boolean" / "maboss" / "log_growth"
    with pytest.raises(SettingsError, match=r"Log_Growth.pbnd:8:1: a 'division' block"):
        bw.maboss_model(folder, "Log_Growth.pbnd", "Log_Growth.cfg")


def test_a_bnet_file_with_header_and_comments(ground_truth):
    file = ground_truth / "boolean" / "maboss" / "bnet" / "model.bnet"
    model = readers()["bnet"].read(file.read_bytes(), "model.bnet", Given())
    assert len(model.nodes) == 19
    assert model.notes == ()
    assert np.count_nonzero([node.rests(frozenset(model.species_names)) for node in model.nodes]) == 0
