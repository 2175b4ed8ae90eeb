"""Looking at a network by itself: steady states, limit cycles, sensitivities; arrays and tables come out.

>>> from pathlib import Path
>>> from tissue_sim.network.analysis.model_file import read_model
>>> from tissue_sim.network.analysis.steady_states import steady_states
>>> model = read_model(Path("toggle.txt"), {"u": 1, "v": 2})  # doctest: +SKIP
>>> steady_states(model).table()  # doctest: +SKIP

Further: `limit_cycle.limit_cycle`, `sensitivity.sensitivity_of_steady_state`,
`sensitivity.sensitivity_of_period`, `tables.table_of` for what `network.simulate.simulate` returns.
"""
