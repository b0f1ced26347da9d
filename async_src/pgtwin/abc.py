# pyright: reportWildcardImportFromLibrary=false
"""Protocols of adaptation.

Law: names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.abc import *  # noqa: F403
