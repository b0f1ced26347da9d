# pyright: reportWildcardImportFromLibrary=false
"""NULL.

Law: names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.none import *  # noqa: F403
