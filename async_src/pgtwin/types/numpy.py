# pyright: reportWildcardImportFromLibrary=false
"""Values of NumPy (dumpers only).

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.numpy import *  # noqa: F403
