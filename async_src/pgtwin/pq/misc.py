# pyright: reportWildcardImportFromLibrary=false
"""What libpq tells in pieces.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.pq.misc import *  # noqa: F403
