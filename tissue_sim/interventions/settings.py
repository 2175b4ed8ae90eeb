"""The `interventions:` section of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from tissue_sim.interventions.action import Action, actions
from tissue_sim.interventions.schedule import Schedule
from tissue_sim.tissue.expression_settings import ExpressionField
from tissue_sim.tissue.settings import Settings
from tissue_sim.units import Fraction, PositiveTime, Time

__all__ = ["InterventionBase", "InterventionSettings"]


class InterventionBase(Settings):
    """When and in which cells; the actions' own keys are added to it.

    Attributes
    ----------
    at : float
        First beginning, min.
    length : float or None
        ``for``: it ends after that, min, and the former value comes back; None: it does not end.
    every : float or None
        It begins anew each time that has passed, min.
    until : float or None
        The last time at which it may begin anew, min; None: the end of the run.
    where : ParsedExpression or None
        Only cells for which this is not 0 when it begins.
    fraction : float
        Only this part of them, drawn for each cell by its cell_id, anew at every beginning.
    """

    at: Time = Field(description="when it begins; rounded up to the next tick")
    length: PositiveTime | None = Field(
        default=None, alias="for", description="how long; then the former value comes back"
    )
    every: PositiveTime | None = Field(default=None, description="it begins anew each time that has passed")
    until: Time | None = Field(default=None, description="last time at which it may begin anew")
    where: ExpressionField | None = Field(default=None, description="only cells for which this holds")
    fraction: Fraction = Field(default=1.0, description="part of the cells, drawn by cell_id")

    @property
    def schedule(self) -> Schedule:
        """When it begins and ends."""
        return Schedule(self.at, self.every, self.until, self.length)

    @property
    def action(self) -> type[Action]:
        """The kind of action; there is one."""
        return next(kind for name, kind in actions().items() if getattr(self, _field(name)) is not None)

    @property
    def given(self) -> Any:
        """What stands under the action's key."""
        return getattr(self, _field(self.action.name))

    @model_validator(mode="before")
    @classmethod
    def _has_one_action(cls, data: Any) -> Any:
        if isinstance(data, dict):
            found = [name for name in actions() if data.get(name) is not None]
            if len(found) != 1 and not _misspelt(data):
                words = f"found {' and '.join(found)}" if found else "found none"
                message = f"an intervention has exactly one of {', '.join(actions())}; {words}"
                raise PydanticCustomError("intervention", "{message}", {"message": message, "offset": 0})
        return data


def _misspelt(data: dict[str, Any]) -> bool:
    """Say whether there is an unknown key, which explains a missing action and is reported by itself."""
    known = {"at", "for", "every", "until", "where", "fraction", *actions()}
    return any(key not in known for key in data) and not any(name in data for name in actions())


def _field(action: str) -> str:
    """Return the field of an action; some of their names are taken in Python or in pydantic."""
    return f"{action}_"


def _model() -> type[InterventionBase]:
    fields: dict[str, Any] = {
        _field(name): (kind.form | None, Field(default=None, alias=name, description=kind.description))
        for name, kind in actions().items()
    }
    described = "Something done to the tissue at given times; one of the actions."
    return create_model("InterventionSettings", __base__=InterventionBase, __doc__=described, **fields)


if TYPE_CHECKING:
    InterventionSettings = InterventionBase
else:
    InterventionSettings = _model()
