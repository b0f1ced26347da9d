# pyright: reportWildcardImportFromLibrary=false
"""Ranges.

Law: names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.range import *  # noqa: F403
