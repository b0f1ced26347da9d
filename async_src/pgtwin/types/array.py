# pyright: reportWildcardImportFromLibrary=false
"""Arrays.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.array import *  # noqa: F403
