# pyright: reportWildcardImportFromLibrary=false
"""NULL.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.none import *  # noqa: F403
