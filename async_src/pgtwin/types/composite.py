"""Composite types.

Law: names of psycopg's public module of the same name; what is fetched from a server
is ours.
"""

from psycopg.types.composite import (
    ObjectMaker as ObjectMaker,
    RecordBinaryLoader as RecordBinaryLoader,
    RecordLoader as RecordLoader,
    SequenceMaker as SequenceMaker,
    TupleDumper as TupleDumper,
    register_composite as register_composite,
    register_default_adapters as register_default_adapters,
)

from pgtwin.types.info import CompositeInfo as CompositeInfo
