"""Settings of signals, of what cells exchange with them, of sources and of fixed voxels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, WithJsonSchema, model_validator
from pydantic.functional_validators import PlainValidator
from pydantic_core import PydanticCustomError

from tissue_sim.errors import did_you_mean
from tissue_sim.signals.diffusion_value import DiffusionValue
from tissue_sim.signals.face_settings import BoundarySettings
from tissue_sim.signals.field_value import FieldValue
from tissue_sim.signals.regions import Point, Region
from tissue_sim.tissue.settings import Name, Settings
from tissue_sim.units import Positive, Rate, SignalQuantity, is_unit

__all__ = [
    "PHYSICELL",
    "ExchangeSettings",
    "FixedSettings",
    "MembraneSettings",
    "PrescribedMode",
    "SaturatingUptake",
    "SignalSettings",
    "SourceSettings",
    "unit_of",
]

PHYSICELL = "physicell_lod"
FINEST_SINGLE = 1e-5
"""Smallest tolerance with float32: rounding, 6e-8, must be far below it."""
MODES = ("transient", "steady", PHYSICELL)
VoxelIndex = Annotated[list[Annotated[int, Field(strict=True, ge=0)]], Field(min_length=3, max_length=3)]


def unit_of(unit: str, factor: str) -> str:
    """Return a signal's unit times another: ``unit_of("mmHg", "1/min")`` is ``"mmHg/min"``."""
    if unit == "1":
        return factor
    return f"{unit}/{factor[2:]}" if factor.startswith("1/") else f"{unit}*{factor}"


def _fail(message: str) -> PydanticCustomError:
    return PydanticCustomError("signals", "{message}", {"message": message, "offset": 0})


def _unit(value: Any) -> str:
    if not isinstance(value, str) or not is_unit(value):
        raise _fail(f"unknown unit {value!r:.40}; write one like mmHg, nM, 1/um^3, or '1' for a pure number")
    return f"1{value}" if value.startswith("/") else value


def _mode(value: Any) -> str:
    if value in MODES:
        return str(value)
    raise _fail(
        f"unknown mode {value!r:.40}; write {', '.join(MODES)}, or prescribed with its formula, "
        f"{{prescribed: '38*exp(-x/100)'}}{did_you_mean(str(value), [*MODES, 'prescribed'])}"
    )


def _has_keys(value: Any) -> str:
    return "keys" if isinstance(value, (Mapping, Settings)) else "word"


class PrescribedMode(Settings):
    """The field is a formula of x, y, z (um) and time (min), in numbers of the signal's unit."""

    prescribed: Annotated[Any, FieldValue(formula_only=True)]


class SignalSettings(Settings):
    """One signal.

    Attributes
    ----------
    unit : str
        Of its values everywhere.
    diffusion : float, ParsedExpression of x, y, z, or DiffusionFile, um^2/min
        Needed but for a prescribed signal.
    decay : float, 1/min
        Rate of breakdown everywhere.
    initial : SignalQuantity or ParsedExpression of x, y, z
    boundary : BoundarySettings
    mode : "transient", "steady", "physicell_lod" or PrescribedMode
        ``mode: {prescribed: "38*exp(-x/100)"}``; physicell_lod is for comparison only.
    precision : "float64" or "float32"
        Of the field; float32 halves its memory, all arithmetic is double.
    tolerance : float or None
        Bound on the estimated relative error of a step; the step is halved until it holds.
    """

    unit: Annotated[str, PlainValidator(_unit), WithJsonSchema({"type": "string"})] = "1"
    diffusion: Annotated[Any, DiffusionValue()] = None
    decay: Rate = 0.0
    initial: Annotated[Any, FieldValue()] = SignalQuantity(0.0)
    boundary: BoundarySettings = BoundarySettings()
    mode: Annotated[
        Annotated[str, PlainValidator(_mode), WithJsonSchema({"enum": list(MODES)}), Tag("word")]
        | Annotated[PrescribedMode, Tag("keys")],
        Discriminator(_has_keys),
    ] = "transient"
    tolerance: Positive | None = None
    precision: Literal["float64", "float32"] = "float64"

    @model_validator(mode="after")
    def _complete(self) -> SignalSettings:
        if isinstance(self.mode, PrescribedMode):
            without_effect = {"diffusion", "decay", "initial", "boundary", "tolerance", "precision"}
            given = sorted(self.model_fields_set & without_effect)
            if given:
                raise _fail(f"a prescribed signal is its formula alone; leave out {', '.join(given)}")
        elif self.diffusion is None:
            raise _fail("diffusion is missing; give it, for instance 1e5 um^2/min (0 for none)")
        if self.mode == "steady" and self.tolerance is not None:
            raise _fail("tolerance is for transient signals; a steady one is solved to 1e-6")
        if self.mode == PHYSICELL and self.tolerance is not None:
            raise _fail("tolerance is for transient signals; physicell_lod takes its steps as they are")
        if self.precision == "float32" and self.tolerance is not None and self.tolerance < FINEST_SINGLE:
            raise _fail(
                f"float32 cannot show errors below {FINEST_SINGLE:g}; use float64 with this tolerance"
            )
        return self

    @property
    def reads_parameters(self) -> bool:
        """A formula says what the signal is or how it spreads, and may name parameters of the scenario."""
        return isinstance(self.mode, PrescribedMode) or hasattr(self.diffusion, "tree")


class SaturatingUptake(Settings):
    """Michaelis-Menten uptake, max rho/(half + rho); of order zero where half is 0.

    Attributes
    ----------
    max : SignalQuantity per min
        The unit per min: largest uptake.
    half : SignalQuantity
        Value at half of it.
    """

    max: SignalQuantity
    half: SignalQuantity


class MembraneSettings(Settings):
    """Two-way exchange with a species, d rho/dt = -v P (rho - s), ds/dt = P (rho - s).

    Attributes
    ----------
    species : str
        ``network.NET.SPECIES``
    permeability : float, 1/min
        Rate at which the species approaches the signal.
    """

    species: Annotated[str, Field(pattern=r"^network\.[A-Za-z][A-Za-z0-9_]*\.[A-Za-z][A-Za-z0-9_]*$")]
    permeability: Rate

    @property
    def network(self) -> str:
        """The network's name."""
        return self.species.split(".")[1]

    @property
    def species_name(self) -> str:
        """The species' own name."""
        return self.species.split(".")[2]


class ExchangeSettings(Settings):
    """What cells of one type exchange with one signal.

    Attributes
    ----------
    secretion : float, 1/min
        Towards `saturation`, which it needs.
    saturation : SignalQuantity
        Value at which secretion ends.
    uptake : float, 1/min, or SaturatingUptake
        In proportion to the value, or by Michaelis-Menten.
    export : SignalQuantity times um^3/min
        The unit times um^3/min, whatever the value. Negative: taken at a constant rate, as long as the voxel
        holds it.
    membrane : MembraneSettings
    """

    secretion: Rate | None = None
    saturation: SignalQuantity | None = None
    uptake: Annotated[
        Annotated[Rate, Tag("word")] | Annotated[SaturatingUptake, Tag("keys")], Discriminator(_has_keys)
    ] = 0.0
    export: SignalQuantity | None = None
    membrane: MembraneSettings | None = None

    @model_validator(mode="after")
    def _saturates(self) -> ExchangeSettings:
        if self.secretion is not None and self.saturation is None:
            raise _fail(
                "secretion needs a saturation, the value at which it ends; for a constant rate use `export`"
            )
        return self


class SourceSettings(Settings):
    """A source in a region; negative rates take at most what a voxel holds.

    Attributes
    ----------
    rate : SignalQuantity per min, or ParsedExpression of x, y, z (um) and time (min)
        A formula gives numbers of the signal's unit per min, taken at each voxel's centre and at the middle
        of the step.
    """

    signal: Name
    region: Region
    rate: Annotated[Any, FieldValue(of_time=True)]


class FixedSettings(Settings):
    """Voxels held at a value.

    Attributes
    ----------
    mask : str
        A .npy file of the shape (nz, ny, nx), true where held.
    region : Region
    points : list of [x, y, z], um
        The voxels that hold these points.
    voxels : list of [z, y, x]
        Indices from 0, in the order of masks and of the recorded fields.
    """

    signal: Name
    value: SignalQuantity
    mask: str | None = None
    region: Region | None = None
    points: Annotated[list[Point], Field(min_length=1)] | None = None
    voxels: Annotated[list[VoxelIndex], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one(self) -> FixedSettings:
        if sum(each is not None for each in (self.mask, self.region, self.points, self.voxels)) != 1:
            raise _fail(
                "give `mask` (a .npy file of the shape (nz, ny, nx)), `region`, `points` or `voxels`, "
                "one of the four"
            )
        return self
