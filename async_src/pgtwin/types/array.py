# pyright: reportWildcardImportFromLibrary=false
"""Arrays.

Law: names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.array import *  # noqa: F403
