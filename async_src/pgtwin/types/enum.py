"""Enumerations.

Names of psycopg's public module of the same name; what is fetched from a server
is ours.
"""

from psycopg.types.enum import (
    EnumBinaryDumper as EnumBinaryDumper,
    EnumDumper as EnumDumper,
    EnumMapping as EnumMapping,
    register_default_adapters as register_default_adapters,
    register_enum as register_enum,
)

from pgtwin.types.info import EnumInfo as EnumInfo
