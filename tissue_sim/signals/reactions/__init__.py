"""Reactions between signals: from their text to what every voxel does in a step."""
