# pyright: reportWildcardImportFromLibrary=false
"""Booleans.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.bool import *  # noqa: F403
