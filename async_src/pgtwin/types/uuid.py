# pyright: reportWildcardImportFromLibrary=false
"""UUIDs.

Law: names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.uuid import *  # noqa: F403
