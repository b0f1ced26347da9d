# pyright: reportWildcardImportFromLibrary=false
"""Statements composed from parts, safely quoted.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.sql import *  # noqa: F403
