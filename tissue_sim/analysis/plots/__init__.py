"""Pictures of runs, one named plot per file."""
