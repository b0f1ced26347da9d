# pyright: reportWildcardImportFromLibrary=false
"""Strings and bytes.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.string import *  # noqa: F403
