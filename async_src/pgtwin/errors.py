# pyright: reportWildcardImportFromLibrary=false
"""Exceptions: one class for each condition that the server reports.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.errors import *  # noqa: F403
