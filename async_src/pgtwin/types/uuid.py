# pyright: reportWildcardImportFromLibrary=false
"""UUIDs.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.uuid import *  # noqa: F403
