# pyright: reportWildcardImportFromLibrary=false
"""Network addresses.

Law: names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.net import *  # noqa: F403
