"""The `networks:` section of a scenario."""

from __future__ import annotations

import pkgutil
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from tissue_sim.errors import SettingsError, did_you_mean
from tissue_sim.network import kinds
from tissue_sim.network.boolean.settings import MabossSettings, TimeScale
from tissue_sim.tissue.distributions import Distribution, DistributionIn
from tissue_sim.tissue.expression_settings import ExpressionField
from tissue_sim.tissue.output_settings import Output
from tissue_sim.tissue.settings import Name, Settings
from tissue_sim.units import PositiveTime, Quantity, conversion_factor, same_dimension

__all__ = ["SOURCES", "NetworkSettings", "ToleranceSettings"]

SOURCES = ("equations", "sbml", "antimony", "bnet", "maboss", "learned")
"""Keys that say where a network comes from; exactly one is given."""


def _refuse(message: str) -> PydanticCustomError:
    return PydanticCustomError("network", "{message}", {"message": message, "offset": 0})


def _method(value: str) -> str:
    methods = _methods()
    if value not in methods:
        hint = did_you_mean(value, methods)
        raise _refuse(f"method '{value[:40]}' is unknown{hint}; allowed are {', '.join(methods)}")
    return value


def _methods() -> list[str]:
    """Return the kinds there are, by the names of their files: none is imported for that."""
    return [module.name for module in pkgutil.iter_modules(kinds.__path__)]


def _time_unit(value: str) -> str:
    try:
        minutes = conversion_factor(value, "min") if same_dimension(value, "min") else 0.0
    except SettingsError as error:
        raise _refuse(error.message) from error
    if not minutes > 0.0:
        raise _refuse(f"'{value}' is no unit of time; write one like s, min, h")
    return value


AnyDistribution = Annotated[Distribution, DistributionIn("1")]
NonNegativeTolerance = Annotated[float, Quantity("1", minimum=0.0, maximum=1e300)]
DivisionRule = Literal["copy", "volume", "binomial", "reset", "function"]


class ToleranceSettings(Settings):
    """Largest error of one step: relative * |value| + absolute, for each species on its own."""

    relative: Annotated[float, Quantity("1", minimum=1e-13, maximum=0.1)] = Field(
        default=1e-6, description="times the size of the value"
    )
    absolute: NonNegativeTolerance | dict[Name, NonNegativeTolerance] = Field(
        default=1e-9,
        description="in the network's own units; one number, or one for each species (the others 1e-9)",
    )
    leap: Annotated[float, Quantity("1", minimum=1e-6, maximum=1.0)] = Field(
        default=0.03,
        description="largest relative change of a rate within one leap; for tau_leaping, chemical_langevin",
    )


class LearnedTermSettings(Settings):
    """A learned function whose outputs are variables of the network's formulas."""

    file: str = Field(description="file name of an ONNX model: a feed-forward network")
    inputs: list[Name] = Field(
        min_length=1,
        description="species, parameters, inputs, assigned variables or time, in the order of its inputs",
    )
    outputs: list[Name] = Field(
        min_length=1,
        description="names for its outputs; in sbml and antimony models they replace parameters",
    )


class NetworkSettings(Settings):
    """A model inside cells."""

    equations: str | None = Field(
        default=None,
        description="one per line: X' = ... is a rate, y = ... an assignment, at(X > 1, X = 0) an event, "
        "A + 2 B -> C @ k*A*B^2 a reaction and its rate, A <-> B @ k*A, l*B one that goes both ways",
    )
    sbml: str | None = Field(default=None, description="file name of an SBML model, Level 2 or 3")
    antimony: str | None = Field(default=None, description="file name of an Antimony model")
    bnet: str | None = Field(default=None, description="file name of Boolean rules, one 'X, A & !B' per line")
    maboss: MabossSettings | None = Field(default=None, description="files of a MaBoSS model")
    learned: str | Annotated[dict[Name, LearnedTermSettings], Field(min_length=1)] | None = Field(
        default=None,
        description="file name of an ONNX model whose outputs are the rates of `species` (method ode) or "
        "their next values (method map), its inputs the species, then `inputs`, then `parameters`; "
        "or, beside equations, sbml or antimony, terms whose outputs their formulas use",
    )
    species: list[Name] = Field(
        default=[], description="names of the outputs of a learned network, in their order"
    )
    period: PositiveTime | None = Field(
        default=None, description="a learned network gives the next values every so often (method map)"
    )
    parameters: dict[Name, AnyDistribution] = Field(
        default={}, description="numbers, or distributions drawn anew for each founder cell"
    )
    initial: dict[Name, AnyDistribution] = Field(
        default={}, description="values of species at the start: numbers or distributions"
    )
    inputs: dict[Name, ExpressionField] = Field(
        default={}, description="name in the network -> quantity of the tissue, held over each step"
    )
    outputs: dict[str, Output] = Field(
        default={},
        description="behaviour -> expression of species, or {when: NODE, value:}, or a list of these",
    )
    time_unit: Annotated[str, AfterValidator(_time_unit)] | None = Field(
        default=None, description="unit of the network's time; replaces what the file declares; min if none"
    )
    time_scale: TimeScale = Field(
        default=1.0, description="how many times faster the network runs; Boolean methods: or a distribution"
    )
    method: Annotated[str, AfterValidator(_method)] = Field(default="ode", description="how it is advanced")
    tolerance: ToleranceSettings = ToleranceSettings()
    division: dict[Name, DivisionRule] = Field(
        default={},
        description="species -> what daughters get; concentrations are copied, amounts split by volume, "
        "molecules of stochastic methods one by one (binomial); function: at_division of the cells' class",
    )
    on_failure: Literal["stop", "freeze", "apoptosis"] = Field(
        default="stop", description="what to do with a cell whose network cannot be advanced"
    )

    @property
    def source(self) -> str:
        """The one key that says where the network comes from; `learned` with terms is not it."""
        return next(key for key in SOURCES if getattr(self, key) is not None)

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the files the network is read from, the one with the network first."""
        if self.maboss is not None:
            return self.maboss.files
        return () if self.equations is not None else (str(getattr(self, self.source)),)

    @model_validator(mode="before")
    @classmethod
    def _has_one_source(cls, data: Any) -> Any:
        if isinstance(data, dict):
            given = [key for key in SOURCES if data.get(key) is not None]
            if "learned" in given and isinstance(data["learned"], dict):  # terms beside a source
                given.remove("learned")
            if len(given) != 1:
                found = f"found {' and '.join(given)}" if given else "found none"
                if isinstance(data.get("learned"), dict):
                    found += " beside the learned terms"
                raise _refuse(
                    f"a network has exactly one of equations, sbml, antimony, bnet, maboss, learned; {found}"
                )
        return data
