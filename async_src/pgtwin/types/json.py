# pyright: reportWildcardImportFromLibrary=false
"""JSON.

Law: names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.json import *  # noqa: F403
