"""SBML, Level 2 and 3 (www.sbml.org; L3V2 doi:10.1515/jib-2017-0081), through python-libsbml.

Read are compartments, species, parameters, reactions with rate laws and local parameters, stoichiometries
that are constant or follow rules, rate and assignment rules, initial assignments, function definitions (put
in), ``time``, ``avogadro``, ``rateOf``, piecewise formulas, and events with delays, priorities, persistence
and values of either moment. Algebraic rules, delay(), fast reactions, Level 1 and packages that change the
mathematics are refused by name. Local parameters are called ``REACTION_PARAMETER``. Qualitative models with
two levels (package qual) become Boolean networks.
"""

from __future__ import annotations

from typing import ClassVar

from tissue_sim.network.model import NetworkModel
from tissue_sim.network.reader import Given, Reader
from tissue_sim.network.sbml.collect import Collector
from tissue_sim.network.sbml.document import opened
from tissue_sim.network.sbml.qual import is_qualitative, qualitative_model
from tissue_sim.network.scenario_values import with_given

__all__ = ["SbmlReader"]


class SbmlReader(Reader):
    """Reads an SBML file."""

    name: ClassVar[str] = "sbml"

    def read(self, content: bytes, file_name: str, given: Given) -> NetworkModel:
        """Return the network; see `Reader.read`."""
        document, notes = opened(content, file_name)
        if is_qualitative(document):
            return qualitative_model(document, file_name, notes, given)
        return with_given(Collector(document, file_name, notes).model(), given)
