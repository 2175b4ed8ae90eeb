"""Scenario files: reading with places, merging, settings, checks, first cells."""
