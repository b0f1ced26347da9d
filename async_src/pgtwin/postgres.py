# pyright: reportWildcardImportFromLibrary=false
"""The types and adapters that every connection starts with.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.postgres import *  # noqa: F403
