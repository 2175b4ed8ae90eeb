"""Writing runs: `run.h5`, its VTK links, and checkpoints. Import the modules; this package is empty."""
