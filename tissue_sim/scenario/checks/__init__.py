"""What can be said about a scenario only when all of it is known; one file per matter."""
