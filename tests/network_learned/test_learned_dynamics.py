"""Learned networks over time: rates, maps and hybrids against what they encode; bits; exact Jacobians."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from tissue_sim.codegen.evaluation import evaluate
from tissue_sim.codegen.jacobian import Derivatives
from tissue_sim.codegen.syntax import Name
from tissue_sim.errors import SettingsError, SimulationError
from tissue_sim.kernels.threads import most_threads, use_threads
from tissue_sim.network.kind import kinds
from tissue_sim.network.kinds.map import MapKind
from tissue_sim.network.kinds.ode import OdeKind
from tissue_sim.network.learned.onnx_file import read_onnx
from tissue_sim.network.learned.terms import LearnedError, LearnedTerm
from tissue_sim.network.model import NetworkModel
from tissue_sim.network.reader import Given, readers
from tissue_sim.network.settings import ToleranceSettings
from tissue_sim.network.simulate import simulate
from tissue_sim.tissue.distributions import parse_distribution

TIGHT = ToleranceSettings(relative=1e-11, absolute=1e-13)
A = np.array([[-1.0, 0.5, 0.0], [0.2, -2.0, 0.3], [0.0, 1.0, -0.7]])


def learned(content: bytes, species, initial, *, inputs=(), parameters=None, period=None) -> NetworkModel:
    given = Given(
        {name: parse_distribution(value) for name, value in (parameters or {}).items()},
        {name: parse_distribution(value) for name, value in zip(species, initial, strict=True)},
        tuple(inputs),
        species=tuple(species),
        period=period,
    )
    return readers()["learned"].read(content, "net.onnx", given)


def hybrid(equations: str, terms, parameters=None, initial=None, inputs=()) -> NetworkModel:
    given = Given(
        {name: parse_distribution(value) for name, value in (parameters or {}).items()},
        {name: parse_distribution(value) for name, value in (initial or {}).items()},
        tuple(inputs),
        learned=tuple(terms),
    )
    return readers()["equations"].read(equations.encode(), "net", given)


def advanced(kind, values, *, steps, duration, inputs=None, start=0.0):
    places = np.arange(len(values))
    for i in range(steps):
        codes = kind.advance(
            values, places, start=start + i * duration / steps, duration=duration / steps, inputs=inputs or {}
        )
        assert not codes.any()


def test_a_linear_network_reproduces_the_matrix_exponential(make):
    model = learned(make.linear(A), "XYZ", [1.0, 2.0, 3.0])
    found = simulate(model, [0.0, 0.5, 2.0], tolerance=TIGHT)
    for k, t in enumerate((0.0, 0.5, 2.0)):
        np.testing.assert_allclose(found.values[0, k], expm(A * t) @ [1.0, 2.0, 3.0], rtol=1e-9)


@pytest.mark.slow
def test_a_stiff_linear_network_uses_the_exact_jacobian(make):
    stiff = np.array([[-1e5, 1e5, 0.0], [0.0, -1.0, 0.0], [0.5, 0.0, -0.2]])
    model = learned(make.linear(stiff), "XYZ", [1.0, 1.0, 0.0])
    kind = OdeKind(model, ToleranceSettings(relative=1e-8, absolute=1e-10))
    values = np.zeros((1, len(kind.names)))
    values[0, :3] = 1.0, 1.0, 0.0
    advanced(kind, values, steps=1, duration=2.0)
    np.testing.assert_allclose(values[0, :3], expm(stiff * 2.0) @ [1.0, 1.0, 0.0], rtol=1e-6)
    assert values[0, kind.system.places["stiff"]] == 1.0
    assert kind.kernels.steps_taken < 3000


def test_inputs_and_parameters_that_differ_from_cell_to_cell(make):
    """X' = -X + in + p, all linear in one network."""
    model = learned(
        make.linear([[-1.0, 1.0, 1.0]]),
        ["X"],
        [0.0],
        inputs=["seen"],
        parameters={"p": "uniform(1, 2)"},
    )
    found = simulate(model, [0.0, 1.0], inputs={"seen": 0.5}, cells=3, tolerance=TIGHT, also=["p"])
    p = found["p"][:, 0]
    assert len(set(p)) == 3
    np.testing.assert_allclose(found["X"][:, 1], (0.5 + p) * (1.0 - np.exp(-1.0)), rtol=1e-9)


def test_a_network_of_what_all_cells_share_is_computed_beforehand(make):
    """The learned term depends on parameters alone, or on an input alone."""
    content = make.bytes(
        [make.node("Tanh", ["x"], ["y"])], inputs=[("x", ("N", 1))], outputs=[("y", ("N", 1))]
    )
    function = read_onnx(content, "m")
    terms = [LearnedTerm("a", function, ("k",), ("f",)), LearnedTerm("b", function, ("seen",), ("g",))]
    model = hybrid("X' = f + g - X", terms, {"k": 0.7}, {"X": 0.0}, ("seen",))
    found = simulate(model, [0.0, 1.0], inputs={"seen": -0.2}, tolerance=TIGHT)
    expected = (np.tanh(0.7) + np.tanh(-0.2)) * (1.0 - np.exp(-1.0))
    assert found["X"][0, 1] == pytest.approx(expected, rel=1e-10)
    assert found["f"][0, 1] == pytest.approx(np.tanh(0.7), rel=1e-14)
    assert found["g"][0, 1] == pytest.approx(np.tanh(-0.2), rel=1e-14)


@pytest.mark.slow
def test_a_hybrid_is_the_mechanistic_network_where_the_term_is_known(make):
    """r = 1/(1 + exp(-(a X + b Y))) by a network, and written out."""
    content = make.bytes(
        [make.node("Gemm", ["x", "W", "c"], ["a"]), make.node("Sigmoid", ["a"], ["y"])],
        [make.tensor("W", [[1.5], [-0.7]]), make.tensor("c", [0.3])],
        outputs=[("y", ("N", 1))],
    )
    term = LearnedTerm("growth", read_onnx(content, "m"), ("X", "half"), ("r",))
    equations = "X' = k*r - X\nY' = X - 0.5*Y*r\nhalf = Y/2\n"
    initial, parameters = {"X": 1.0, "Y": 0.2}, {"k": 2.0}
    mixed = hybrid(equations, [term], parameters, initial)
    plain = hybrid(equations + "r = 1/(1 + exp(-(1.5*X - 0.7*half + 0.3)))", [], parameters, initial)
    times = [0.0, 1.0, 5.0]
    one, two = simulate(mixed, times, tolerance=TIGHT), simulate(plain, times, tolerance=TIGHT)
    for name in ("X", "Y", "half", "r"):
        np.testing.assert_allclose(one[name], two[name], rtol=1e-9)
    check_jacobian(mixed, plain, {"X": 0.8, "Y": 1.7})


def check_jacobian(mixed: NetworkModel, plain: NetworkModel, at) -> None:
    entries = []
    for model in (mixed, plain):
        system = OdeKind(model, ToleranceSettings()).system
        derivatives = Derivatives(system)
        found = derivatives.entries()
        definitions = derivatives.system().definitions

        def lookup(name: Name, definitions=definitions, system=system):
            symbol = name.path[0]
            if symbol in at:
                return at[symbol]
            return system.shared[symbol] if symbol in system.shared else evaluate(definitions[symbol], lookup)

        entries.append({place: evaluate(tree, lookup) for place, tree in found.items()})
    assert entries[0].keys() == entries[1].keys()
    for place, value in entries[0].items():
        assert value == pytest.approx(entries[1][place], rel=1e-12)


@pytest.mark.parametrize("species", [2, 45])
def test_nonlinear_networks_agree_with_scipy_in_scalars_and_in_arrays(make, rng, species):
    from scipy.integrate import solve_ivp

    content, function = make.perceptron(rng, species, 12, species)
    names = [f"s{i}" for i in range(species)]
    first = rng.uniform(0.5, 1.5, species)
    model = learned(content, names, first)
    found = simulate(model, [0.0, 1.5], tolerance=ToleranceSettings(relative=1e-9, absolute=1e-11))
    reference = solve_ivp(lambda t, y: function(y), (0.0, 1.5), first, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(found.values[0, 1], reference.y[:, -1], rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("method", ["ode", "map"])
def test_bits_do_not_depend_on_threads_batches_or_rows(make, rng, method):
    content, _ = make.perceptron(rng, 3, 8, 2)
    first, period = ["uniform(0, 1)", "uniform(1, 2)"], 0.4 if method == "map" else None
    model = learned(content, "XY", first, inputs=["seen"], period=period)
    kind = kinds()[method](model, ToleranceSettings(), 0)

    def run(order, threads):
        use_threads(threads)
        values = np.zeros((len(order), len(kind.names)))
        seen = {"seen": order * 0.1}
        key = np.uint64(3)
        kind.start(values, np.arange(len(order)), order, key=key, tick=0, time=0.0, inputs=seen)
        for i in range(3):
            kind.advance(values, np.arange(len(order)), start=float(i), duration=1.0, inputs=seen)
        return values[np.argsort(order)]

    try:
        whole = run(np.arange(1, 21), most_threads())
        assert run(np.arange(20, 0, -1), 1).tobytes() == whole.tobytes()
        for cell in (1, 7, 20):
            assert run(np.array([cell]), 1)[0].tobytes() == whole[cell - 1].tobytes()
    finally:
        use_threads(most_threads())


@pytest.mark.slow
def test_a_large_stiff_network_takes_its_jacobian_by_differences(make, rng):
    """25 species: 625 entries are more than are written out."""
    size = 25
    matrix = rng.normal(size=(size, size)) * 0.1 - np.diag(np.geomspace(0.1, 1e5, size))
    first = rng.uniform(0.5, 1.5, size)
    model = learned(make.linear(matrix), [f"s{i}" for i in range(size)], first)
    kind = OdeKind(model, ToleranceSettings(relative=1e-8, absolute=1e-10))
    values = np.zeros((1, len(kind.names)))
    values[0, :size] = first
    advanced(kind, values, steps=1, duration=1.0)
    assert values[0, kind.system.places["stiff"]] == 1.0
    np.testing.assert_allclose(values[0, :size], expm(matrix) @ first, rtol=1e-5, atol=1e-9)


def test_steady_states_of_a_learned_network(make, rng):
    """Exact slopes: Newton's method finds -A^-1 b of a linear network, and its eigenvalues."""
    from tissue_sim.network.analysis.steady_states import steady_states

    node = make.node("Gemm", ["x", "A", "b"], ["y"], transB=1)
    content = make.bytes(
        [node], [make.tensor("A", A), make.tensor("b", [1.0, 2.0, 3.0])], [("x", ("N", 3))], [("y", ("N", 3))]
    )
    (state,) = steady_states(learned(content, "XYZ", [1, 1, 1])).states
    np.testing.assert_allclose(list(state.values.values()), -np.linalg.solve(A, [1.0, 2.0, 3.0]), rtol=1e-12)
    np.testing.assert_allclose(
        np.sort(state.eigenvalues.real), np.sort(np.linalg.eigvals(A).real), rtol=1e-10
    )


def test_a_discrete_map_takes_its_steps_at_multiples_of_the_period(make):
    matrix = np.array([[0.5, 0.1], [-0.3, 0.9]])
    model = learned(make.linear(matrix), "XY", [1.0, 2.0], period=0.1)
    times = np.array([0.0, 0.05, 0.1, 0.19, 0.3, 1.0])
    found = simulate(model, times, method="map")
    for k, steps in enumerate((0, 0, 1, 1, 3, 10)):
        expected = np.linalg.matrix_power(matrix, steps) @ [1.0, 2.0]
        np.testing.assert_allclose(found.values[0, k], expected, rtol=1e-13)


def test_many_short_steps_of_a_map_are_one_long_one(make, rng):
    content, _ = make.perceptron(rng, 3, 6, 2)
    model = learned(content, "XY", [0.1, 0.2], inputs=["seen"], period=0.7)
    kind = MapKind(model, ToleranceSettings())
    first = np.zeros((4, len(kind.names)))
    first[:, :2] = rng.normal(size=(4, 2))
    seen = {"seen": np.full(4, 0.3)}
    results = []
    for steps in (1, 7, 1000):
        values = first.copy()
        advanced(kind, values, steps=steps, duration=70.0, inputs=seen)
        results.append(values.tobytes())
    assert results[0] == results[1] == results[2]


def test_a_map_that_grows_without_bound_fails_and_keeps_its_values(make):
    model = learned(make.linear([[2.0]]), ["X"], [1.0], period=1.0)
    with pytest.raises(SimulationError, match="the next values are no finite numbers"):
        simulate(model, [0.0, 2000.0], method="map")
    kind = MapKind(model, ToleranceSettings())
    values = np.zeros((2, len(kind.names)))
    values[:, 0] = 1.0, 0.0
    codes = kind.advance(values, np.arange(2), start=0.0, duration=2000.0, inputs={})
    assert codes.tolist() == [4, 0]
    assert values[0, 0] == 1.0
    codes = kind.advance(values, np.arange(2), start=0.0, duration=1e9, inputs={})
    assert "more than" in kind.describe(int(codes[0]))


def test_a_map_starts_species_anew(make):
    model = learned(make.linear([[0.5]]), ["X"], ["uniform(1, 2)"], period=1.0)
    kind = kinds()["map"](model, ToleranceSettings(), 0)
    values = np.zeros((2, len(kind.names)))
    ids = np.array([1, 2])
    kind.start(values, np.arange(2), ids, key=np.uint64(1), tick=0, time=0.0, inputs={})
    first = values.copy()
    advanced(kind, values, steps=1, duration=3.0)
    np.testing.assert_array_equal(values[:, 0], first[:, 0] / 8.0)
    kind.restart(values, np.array([1]), ids[1:], ("X",), key=np.uint64(1), tick=0, time=3.0)
    assert values[1, 0] == first[1, 0]
    assert not kind.is_amount("X")


def test_methods_that_do_not_fit_are_refused(make):
    rates, steps = (learned(make.linear([[-1.0]]), ["X"], [1.0], period=p) for p in (None, 1.0))
    with pytest.raises(SettingsError, match="method map needs a learned network with `period`"):
        simulate(rates, [0.0, 1.0], method="map")
    with pytest.raises(SettingsError, match="method ode does not take `period`"):
        simulate(steps, [0.0, 1.0])


def test_wrong_numbers_of_names(make):
    content = make.linear(A)
    with pytest.raises(SettingsError, match=r"net\.onnx has 3 outputs; name them under `species`"):
        learned(content, [], [])
    with pytest.raises(SettingsError, match="has 3 outputs, `species` names 2"):
        learned(content, "XY", [1, 1])
    with pytest.raises(SettingsError, match=r"has 3 inputs: .*; found 3 \+ 1 \+ 0"):
        learned(content, "XYZ", [1, 1, 1], inputs=["more"])


def test_terms_that_do_not_fit(make):
    function = read_onnx(make.linear([[1.0]]), "m")
    with pytest.raises(LearnedError, match="unknown name 'Z'; known are") as caught:
        hybrid("X' = r", [LearnedTerm("t", function, ("Z",), ("r",))], initial={"X": 1})
    assert caught.value.path == ("learned", "t", "inputs", 0)
    with pytest.raises(LearnedError, match=r"a cycle: .*; a learned function cannot use its own output"):
        hybrid("X' = r\ntwice = 2*r", [LearnedTerm("t", function, ("twice",), ("r",))], initial={"X": 1})
    with pytest.raises(SettingsError, match="'r' is already an output of the learned term 't'"):
        hybrid("X' = r\nr = 2", [LearnedTerm("t", function, ("X",), ("r",))], initial={"X": 1})


def test_other_weights_need_no_new_code(make, rng):
    from tissue_sim.codegen.network_source import explicit_source

    sources = []
    for _ in range(2):
        content, _ = make.perceptron(rng, 2, 4, 2)
        model = learned(content, "XY", [1.0, 1.0])
        source, program = explicit_source(OdeKind(model, ToleranceSettings()).system)
        assert len(program.constant_values()) > 2 * 4 + 4 + 4 * 2 + 2
        sources.append(source)
    assert sources[0] == sources[1]
    assert len(sources[0]) < 20_000
