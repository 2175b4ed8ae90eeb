"""What a scenario says about the attachments of a cell type."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tissue_sim.tissue.settings import Name, Settings
from tissue_sim.units import NonNegative, Positive, Rate

__all__ = ["MOST_ATTACHMENTS", "AttachmentSettings"]

MOST_ATTACHMENTS = 1000


class AttachmentSettings(Settings):
    """Springs between cells that form where they touch, and break.

    A pair of live cells in contact attaches at the rate A (rate_i + rate_j)/2, A the geometric mean of the
    affinities of i to the type of j and of j to that of i. An attachment breaks at the rate
    (breaking_rate_i + breaking_rate_j)/2. Meanwhile it is a spring: the cells approach with the speed
    A sqrt(stiffness_i stiffness_j) (d - L), L the mean of their rest lengths. Both cells' types need
    attachments. The mother keeps hers at division; dead cells keep theirs until they are removed, and form
    no new ones.

    Model and defaults are those of PhysiCell 1.14 (dynamic_spring_attachments,
    doi:10.1371/journal.pcbi.1005991), where either cell attaches and detaches at its full rate (so a pair
    twice as fast as here) and the rest length is 0.

    Attributes
    ----------
    rate : float
        1/min; 0 where attachments are made by hand only (`tissue.attachments`).
    breaking_rate : float
        1/min.
    stiffness : float
        Speed of either cell per length of the spring, 1/min.
    maximum : int
        Most attachments of one cell that form by themselves.
    rest_length : float
        Of the spring, in units of R_i + R_j.
    breaking_length : float or None
        In units of R_i + R_j; a longer spring breaks at once, the smaller of the two cells' values counts.
    affinity : dict of cell type to float
        Factor of rate and stiffness; 1 for types not named, 0 for none.
    """

    rate: Rate = 0.0
    breaking_rate: Rate = 0.0
    stiffness: Rate = 0.01
    maximum: Annotated[int, Field(ge=0, le=MOST_ATTACHMENTS)] = 12
    rest_length: NonNegative = 1.0
    breaking_length: Positive | None = None
    affinity: dict[Name, NonNegative] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _longer(self) -> AttachmentSettings:
        if self.breaking_length is not None and self.breaking_length <= self.rest_length:
            raise PydanticCustomError(
                "attachments",
                "breaking_length ({breaking}) must be larger than rest_length ({rest}): a spring at rest "
                "would break",
                {"breaking": self.breaking_length, "rest": self.rest_length},
            )
        return self
