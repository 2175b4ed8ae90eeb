"""What a scenario says about the basement membranes of a tissue: ``basement_membranes``, a list of shapes."""

from typing import TYPE_CHECKING, Any

from pydantic import create_model, model_validator
from pydantic_core import PydanticCustomError

from tissue_sim.mechanics.membrane_shape import MembraneShape, shapes
from tissue_sim.tissue.settings import Settings

__all__ = ["BasementMembraneSettings", "membrane_settings"]


class _OneShape(Settings):
    """A basement membrane: exactly one of the shapes in ``mechanics/basement_membranes``.

    It pushes cells, and holds those that adhere to it; signals pass. It does not move.
    """

    @property
    def shape(self) -> MembraneShape:
        """Which of the shapes it is."""
        return shapes()[self._given()[0]]

    @property
    def numbers(self) -> tuple[float, ...]:
        """What the shape's distance needs beside the coordinates."""
        return self.shape.numbers(getattr(self, self.shape.name))

    def _given(self) -> list[str]:
        return [name for name in type(self).model_fields if getattr(self, name) is not None]

    @model_validator(mode="after")
    def _one(self) -> "_OneShape":
        given = self._given()
        if len(given) != 1:
            raise PydanticCustomError(
                "membrane",
                "a basement membrane is one of {known}; found {found}",
                {"known": ", ".join(shapes()), "found": " and ".join(given) or "none"},
            )
        return self


if TYPE_CHECKING:
    BasementMembraneSettings = _OneShape
else:
    _FIELDS: dict[str, Any] = {name: (shape.settings | None, None) for name, shape in shapes().items()}
    BasementMembraneSettings = create_model(
        "BasementMembraneSettings", __base__=_OneShape, __doc__=_OneShape.__doc__, **_FIELDS
    )


def membrane_settings(value: dict[str, Any]) -> BasementMembraneSettings:
    """Return the settings for one item of ``basement_membranes``."""
    return BasementMembraneSettings.model_validate(value)
