# pyright: reportWildcardImportFromLibrary=false
"""Protocols of adaptation.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.abc import *  # noqa: F403
