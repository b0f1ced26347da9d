# pyright: reportWildcardImportFromLibrary=false
"""Dates, times and intervals.

Law: names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.datetime import *  # noqa: F403
