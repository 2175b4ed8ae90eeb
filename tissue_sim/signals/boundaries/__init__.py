"""What holds at a face of the box: one boundary condition per file, registered by its name."""
