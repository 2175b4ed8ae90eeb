"""The solver of one signal: discrete operator, time schemes, multigrid and line splitting."""
