"""Sync counterparts that the standard library lacks.

These files are copied beside a twin that needs them: a twin never imports
twingen, and nothing here imports anything outside the standard library.
"""
