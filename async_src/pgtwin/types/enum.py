# pyright: reportWildcardImportFromLibrary=false
"""Enumerations.

Law: names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.enum import *  # noqa: F403
