"""A network that cannot be advanced: status codes, messages, values left as they were."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.errors import SettingsError, SimulationError
from tissue_sim.network.kinds.ode import OdeKind
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.network.simulate import simulate


@pytest.fixture
def exploding(make_network):
    """Ends at time 1/X(0)."""
    return make_network("X' = X^2", initial={"X": 1})


def test_a_singularity_is_an_error_that_names_network_and_time(exploding):
    with pytest.raises(
        SimulationError, match=r"cell_id 1: network 'net', network time 0: .*(step size|finite numbers)"
    ) as caught:
        simulate(exploding, [0.0, 2.0])
    assert caught.value.cell_id == 1


def test_only_the_failing_cells_fail_and_keep_their_values(exploding):
    kind = OdeKind(exploding, ToleranceSettings())
    values = np.zeros((3, len(kind.names)))
    values[:, 0] = 0.1, 1.0, 0.2
    codes = kind.advance(values, np.arange(3), start=0.0, duration=2.0, inputs={})
    assert codes[1] != 0
    assert codes[[0, 2]].tolist() == [0, 0]
    assert values[1, 0] == 1.0
    np.testing.assert_allclose(values[[0, 2], 0], [0.1 / 0.8, 0.2 / 0.6], rtol=1e-5)


def test_rates_that_are_not_finite(exploding):
    kind = OdeKind(exploding, ToleranceSettings())
    values = np.zeros((1, len(kind.names)))
    values[0, 0] = np.inf
    codes = kind.advance(values, np.arange(1), start=0.0, duration=1.0, inputs={})
    assert "no longer finite" in kind.describe(int(codes[0]))


def test_a_first_value_that_is_not_finite(make_network):
    from dataclasses import replace

    from tissue_sim.codegen.syntax import Number

    model = make_network("X' = X^2", initial={"X": 1})
    unset = replace(model, species=(replace(model.species[0], initial=Number(float("nan"))),))
    with pytest.raises(SettingsError, match="species 'X' has no finite initial value"):
        simulate(unset, [0.0, 1.0])
