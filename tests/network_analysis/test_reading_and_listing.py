"""Networks read from files by themselves, and what is said about them."""

from __future__ import annotations

import numpy as np
import pytest

from tissue_sim.codegen.parser import parse_expression
from tissue_sim.errors import SettingsError
from tissue_sim.network.analysis.linear_terms import coefficients
from tissue_sim.network.analysis.listing import listing
from tissue_sim.network.analysis.model_file import read_model, values_without
from tissue_sim.network.analysis.rate_function import RateFunction
from tissue_sim.network.analysis.tables import table_of
from tissue_sim.network.simulate import simulate


def test_equations_from_a_file(tmp_path):
    path = tmp_path / "net.txt"
    path.write_text("X' = k - d*X\nk = 2\nhalf = X/2\nm = -3\n")
    model = read_model(path)
    assert model.parameter_names == ("d", "k", "m")
    assert model.assigned_names == ("half",)
    assert values_without(model) == ("X", "d")
    whole = read_model(path, {"X": "uniform(1, 2)", "d": 0.5, "k": 4})
    assert values_without(whole) == ()
    table = table_of(simulate(whole, [0.0, 1.0], cells=2))
    assert list(table.columns) == ["cell", "time", "X", "half"]
    assert table["cell"].tolist() == [1, 1, 2, 2]
    with pytest.raises(SettingsError, match="parameter 'd' has no value"):
        simulate(model, [0.0, 1.0])


def test_antimony_and_its_listing(tmp_path):
    pytest.importorskip("antimony")
    path = tmp_path / "net.ant"
    path.write_text("model m\n J1: 2 A -> B; k*A^2\n A = 1; B = 0; k = 0.1\nend\n")
    text = listing(read_model(path, {"k": "normal(1, 0.1)"}))
    assert "J1: 2 A -> B; k*A^2" in text
    assert "k = normal(1, 0.1)" in text


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "net.docx"
    path.write_text("")
    with pytest.raises(SettingsError, match=r"'net\.docx' is no file of a network; known are names that end"):
        read_model(path)
    (tmp_path / "net.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="no text in UTF-8"):
        read_model(tmp_path / "net.txt")


def test_rates_as_sums_of_terms():
    """k (A - B) + 2 A B is written out; a power and a function stay one term; s is an assigned variable."""
    rates = [parse_expression(text) for text in ("k*(A - B) + 2*A*B", "B*A*q/4 - k*A + c", "s - A^2/(1 + B)")]
    table = coefficients(
        rates,
        {"s": parse_expression("A + 1"), "c": parse_expression("k + 1")},
        frozenset({"A", "B"}),
        {"k": 3.0, "q": 8.0, "c": 4.0},
    )
    # columns: A, B, A B, 1, s, A^2/(1 + B)
    assert table.tolist() == [
        [3.0, -3.0, 2.0, 0.0, 0.0, 0.0],
        [-3.0, 0.0, 2.0, 4.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 1.0, -1.0],
    ]


def test_more_inputs_may_be_added(make_network):
    model = make_network("X' = seen - k*X", {"k": 2}, {"X": 0}, ("seen",))
    found = simulate(model, [0.0, 50.0], inputs={"seen": 3.0, "k": 6.0})
    assert found["X"][0, 1] == pytest.approx(0.5, rel=1e-5)


def test_rates_at_other_values(make_network):
    function = RateFunction(make_network("X' = k - X", {"k": 2}, {"X": 1}))
    assert function.rates(np.array([1.0])).tolist() == [1.0]
    assert function.with_values({"k": 5.0}).rates(np.array([[1.0], [2.0]])).tolist() == [[4.0], [3.0]]
