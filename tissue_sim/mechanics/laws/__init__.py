"""One contact law per file; a file here is found by its name.

To add one: write ``speed`` (and ``potential``), declare its parameters in ``LAW``. Nothing else changes.
"""
