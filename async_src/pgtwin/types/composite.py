# pyright: reportWildcardImportFromLibrary=false
"""Composite types.

Law: names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.composite import *  # noqa: F403
