"""Kernels of mechanics: moving cells, motility, the push that parts coincident centres."""
