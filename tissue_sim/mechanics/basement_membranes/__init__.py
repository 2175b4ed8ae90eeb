"""Shapes of basement membranes, one per file; every module has a `MembraneShape` called ``SHAPE``.

A new file here is found by itself: its settings, its signed distance, its name as the key in a scenario.
"""
