# pyright: reportWildcardImportFromLibrary=false
"""Network addresses.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.net import *  # noqa: F403
