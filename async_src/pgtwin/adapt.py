# pyright: reportWildcardImportFromLibrary=false
"""How Python values become PostgreSQL values, and back.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.adapt import *  # noqa: F403
