"""Compiled loops over the voxels of the signal grid."""
