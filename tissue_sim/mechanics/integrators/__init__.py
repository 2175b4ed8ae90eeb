"""One integrator per file; a file here is found by its name.

To add one: write a subclass of `mechanics.integrator.Integrator` and call it ``INTEGRATOR``. Nothing else
changes.
"""
