# pyright: reportWildcardImportFromLibrary=false
"""Protocols of what libpq is wrapped in.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.pq.abc import *  # noqa: F403
