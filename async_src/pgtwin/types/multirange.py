# pyright: reportWildcardImportFromLibrary=false
"""Multiranges.

Law: names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.multirange import *  # noqa: F403
