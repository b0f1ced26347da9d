# pyright: reportWildcardImportFromLibrary=false
"""Numbers.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.numeric import *  # noqa: F403
