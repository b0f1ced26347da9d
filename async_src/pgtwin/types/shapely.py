# pyright: reportWildcardImportFromLibrary=false
"""Geometries of PostGIS, by way of Shapely.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types.shapely import *  # noqa: F403
