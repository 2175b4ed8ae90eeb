"""The scalar helpers of generated code: against numpy, by hand, with and without the compiler."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tissue_sim.kernels import formulas

VALUES = [-3.5, -2.0, -0.25, -0.0, 0.0, 0.3, 1.0, 2.5, 1e17, -1e17, 4503599627370497.5]


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("name", ["floor", "ceil", "sign"])
def test_rounding_and_sign_are_those_of_numpy(name: str, compiled: bool) -> None:
    kernel = getattr(formulas, name)
    function = kernel if compiled else getattr(kernel, "py_func", kernel)
    for value in VALUES:
        assert function(value) == getattr(np, name)(value)
    assert math.isnan(function(math.nan))


@pytest.mark.parametrize("compiled", [True, False])
def test_the_others_by_hand(compiled: bool) -> None:
    def plain(name: str):
        kernel = getattr(formulas, name)
        return kernel if compiled else getattr(kernel, "py_func", kernel)

    assert [plain("heaviside")(x) for x in (-1.0, 0.0, 2.0)] == [0.0, 1.0, 1.0]
    assert (plain("minimum")(2.0, 1.0), plain("maximum")(2.0, 1.0)) == (1.0, 2.0)
    assert all(
        math.isnan(plain(name)(*pair))
        for name in ("minimum", "maximum")
        for pair in ((math.nan, 1.0), (1.0, math.nan))
    )
    assert plain("root")(-27.0, 3.0) == pytest.approx(-3.0, rel=1e-15)
    assert plain("root")(16.0, 4.0) == pytest.approx(2.0, rel=1e-15)
    assert plain("root")(0.0, 3.0) == 0.0
    assert math.isnan(plain("root")(-16.0, 4.0))
    assert (plain("quotient")(7.0, 2.0), plain("quotient")(-7.0, 2.0)) == (3.0, -3.0)
    assert (plain("remainder")(7.0, 2.0), plain("remainder")(-7.0, 2.0)) == (1.0, -1.0)
    assert plain("factorial")(5.0) == pytest.approx(120.0, rel=1e-14)


@pytest.mark.parametrize("compiled", [True, False])
def test_the_hill_function_is_exact_where_it_can_be(compiled: bool) -> None:
    plain = getattr(formulas.hill, "py_func", None)
    hill = formulas.hill if compiled or plain is None else plain
    assert hill(2.0, 2.0, 7.0) == 0.5
    assert (hill(0.0, 2.0, 4.0), hill(-3.0, 2.0, 4.0)) == (0.0, 0.0)
    assert hill(3.0, 0.0, 4.0) == 1.0
    assert hill(1e200, 1e-100, 2.0) == 1.0
    assert math.isnan(hill(math.nan, 2.0, 4.0))
    if compiled and plain is not None:  # plain Python raises where numba gives infinity
        assert hill(1e-200, 1e100, 8.0) == 0.0
