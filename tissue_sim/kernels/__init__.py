"""All hand-written compiled code: pure functions over arrays and scalars, status codes out.

Imports only numpy and numba. The folders mirror those above.
"""
