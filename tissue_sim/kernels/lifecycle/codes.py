"""Numbers by which the lifecycle's Python side and its kernels understand each other."""

NEVER, SCHEDULED, AT_RATE, SIZED = 0, 1, 2, 3
"""How a phase ends: not at all, after a drawn duration, at a rate, or at a volume."""

KIND, DIVIDES, TARGET, RATE_ROW = 0, 1, 2, 3
PHASE_COLUMNS = 4
"""Columns of the phase table, float64[phases of all types, 4]: how it ends; 1 where its end is a division;
target volume at entry, um^3 (NaN: unchanged; SIZED: volume that the drawn threshold multiplies); row of
`rates` with the rate of its end (SIZED: with the speed of growth), -1 for none."""

GROWTH, APOPTOSIS_RATE, NECROSIS_RATE = 0, 1, 2
"""The first rows of `rates`, float64[rows, cells]: growth and the two rates of death, 1/min."""

NOTHING, DIVISION, APOPTOSIS, NECROSIS, REMOVAL, FAILED = 0, 1, 2, 3, 4, 5
"""What a cell asks for at the end of a step; FAILED: more than MOST_PASSES phases within it."""

MOST_PASSES = 10_000

PHASE_DURATION, CYCLE, SIZER_THRESHOLD = 10, 11, 14
"""Purposes of draws, as in `random_numbers.Purpose`."""
