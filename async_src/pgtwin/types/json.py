# pyright: reportWildcardImportFromLibrary=false
"""JSON.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.json import *  # noqa: F403
