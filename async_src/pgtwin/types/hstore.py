# pyright: reportWildcardImportFromLibrary=false
"""The hstore extension.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.hstore import *  # noqa: F403
