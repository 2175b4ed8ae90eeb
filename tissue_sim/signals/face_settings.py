"""What a scenario says about the faces of the box: ``{value: 38}``, ``{mixed: {...}}``, ``periodic``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler, create_model
from pydantic_core import CoreSchema

from tissue_sim.errors import SettingsError, did_you_mean
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import SignalQuantity, validated_by

__all__ = ["BoundarySettings", "FaceCondition"]


@dataclass(frozen=True)
class FaceCondition:
    """The boundary condition of a face, as written.

    Attributes
    ----------
    kind : str
        Name of a boundary condition in `signals.boundaries`.
    numbers : dict of str to SignalQuantity
        What it needs; its units depend on the signal's.
    """

    kind: str
    numbers: dict[str, SignalQuantity]

    @property
    def alone(self) -> bool:
        """The number stands without a key of its own, ``{value: 38}``."""
        return list(self.numbers) == [self.kind]

    def resolved(self, unit: str) -> dict[str, float]:
        """Return the numbers for a signal in `unit`.

        Raises
        ------
        SettingsError
            For a wrong dimension.
        """
        from tissue_sim.signals.boundaries.boundary import boundary

        units = boundary(self.kind).units(unit)
        return {key: quantity.to(units[key]) for key, quantity in self.numbers.items()}

    @classmethod
    def parse(cls, value: Any) -> FaceCondition:
        """Read one face; unknown kinds are answered with the known ones.

        Raises
        ------
        SettingsError, pydantic.ValidationError
        """
        if isinstance(value, FaceCondition):
            return value
        known = _kinds()
        if isinstance(value, str) and value in known and known[value] is None:
            return cls(value, {})
        if isinstance(value, dict) and len(value) == 1:
            kind = next(iter(value))
            model = known.get(kind)
            if model is not None:
                checked = getattr(model.model_validate(value), kind)
                return cls(kind, {kind: checked} if isinstance(checked, SignalQuantity) else dict(checked))
        forms = [kind if model is None else f"{{{kind}: ...}}" for kind, model in known.items()]
        found = str(next(iter(value), "{}") if isinstance(value, dict) else value)
        raise SettingsError(
            f"'{found:.40}' is no boundary condition; write one of {', '.join(forms)}"
            f"{did_you_mean(found, list(known)) if found not in known else ''}"
        )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate through `parse`."""
        return validated_by(cls.parse)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe every kind to editors."""
        forms: list[dict[str, Any]] = []
        for kind, needs in _needs().items():
            if not needs:
                forms.append({"const": kind})
                continue
            many = {
                "type": "object",
                "properties": {name: _quantity(unit) for name, unit in needs.items()},
                "required": list(needs),
                "additionalProperties": False,
            }
            forms.append(
                {
                    "type": "object",
                    "properties": {kind: _quantity(needs[kind]) if list(needs) == [kind] else many},
                    "required": [kind],
                    "additionalProperties": False,
                }
            )
        return {"anyOf": forms}


def _quantity(unit: str) -> dict[str, Any]:
    described = unit.replace("{unit}", "the signal's unit")
    return {"anyOf": [{"type": "number"}, {"type": "string"}], "description": f"in {described}"}


def _needs() -> dict[str, dict[str, str]]:
    from tissue_sim.signals.boundaries.boundary import registered

    return {kind: dict(each.quantities) for kind, each in registered().items()}


@lru_cache(maxsize=1)
def _kinds() -> dict[str, type[BaseModel] | None]:
    """Return for every kind the model of ``{kind: ...}``, None where it stands alone."""
    models: dict[str, type[BaseModel] | None] = {}
    for kind, needs in _needs().items():
        fields: dict[str, Any] = dict.fromkeys(needs, (SignalQuantity, ...))
        if list(needs) != [kind]:
            fields = {kind: (create_model(kind, __base__=Settings, **fields), ...)}
        models[kind] = create_model(kind, __base__=Settings, **fields) if needs else None
    return models


class BoundarySettings(Settings):
    """Conditions of the six faces; `default` holds for those not named, flux 0 where there is none."""

    default: FaceCondition | None = None
    x_min: FaceCondition | None = None
    x_max: FaceCondition | None = None
    y_min: FaceCondition | None = None
    y_max: FaceCondition | None = None
    z_min: FaceCondition | None = None
    z_max: FaceCondition | None = None

    def of(self, face: str) -> FaceCondition | None:
        """Return what holds at a face, None for flux 0."""
        named: FaceCondition | None = getattr(self, face)
        return self.default if named is None else named
