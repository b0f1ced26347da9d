# pyright: reportWildcardImportFromLibrary=false
"""Connection strings.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.conninfo import *  # noqa: F403
