"""Write docs/compatibility.md: what becomes of each public name of psycopg in pgtwin.

    python -m tools.compatibility

A difference without a reason in reasons.py, and a reason without a difference, are
errors.
"""
