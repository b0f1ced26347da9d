# pyright: reportWildcardImportFromLibrary=false
"""Numbers.

Law: names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.numeric import *  # noqa: F403
