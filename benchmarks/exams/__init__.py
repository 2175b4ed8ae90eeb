"""Community benchmarks the simulator is held against; ``python -m benchmarks.exams`` runs and draws them."""
