# pyright: reportWildcardImportFromLibrary=false
"""Dates, times and intervals.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.datetime import *  # noqa: F403
