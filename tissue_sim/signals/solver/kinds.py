"""The operators and linear systems there are, for annotations."""

from __future__ import annotations

from tissue_sim.signals.solver.line_system import LineSystem
from tissue_sim.signals.solver.multigrid import Multigrid
from tissue_sim.signals.solver.operator import DiscreteOperator
from tissue_sim.signals.solver.varying_multigrid import VaryingMultigrid
from tissue_sim.signals.solver.varying_operator import VaryingOperator

__all__ = ["LinearSystem", "Operator"]

Operator = DiscreteOperator | VaryingOperator
LinearSystem = Multigrid | VaryingMultigrid | LineSystem
