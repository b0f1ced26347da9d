"""Writes docs/compatibility.md: every public name of psycopg, compared with pgtwin's.

    python -m tools.compatibility

It is an error if a difference has no reason in reasons.py, or if a reason has no
difference.
"""
