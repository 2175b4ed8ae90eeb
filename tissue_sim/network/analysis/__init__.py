"""Looking at a network by itself: steady states, limit cycles, sensitivities; arrays and tables come out."""
