"""Loaders that psycopg's loaders make for what is inside of a value.

A loader looks at the settings when it is made, so all of them are made when a
result comes, those too that psycopg makes when the first value is loaded.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
from psycopg import pq

from pgtwin.core.engine.copy_decoders import known

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from pgtwin.core.adaptation.adapters import Adapters
    from pgtwin.core.engine.contract import RowLoader

BINARY = pq.Format.BINARY

_RECORD = psycopg.adapters.types["record"]
RECORDS = frozenset((_RECORD.oid, _RECORD.array_oid))
# From here on types are the user's: composite types, hstore ...
FIRST_OF_USERS = 16384


def make_inner_loaders(loader: RowLoader, adapters: Adapters, result: PGresult) -> None:
    """Make what the values of a result will be loaded by, if more than one loader is.

    Loads a value of each such column to that end; what a loader raises is left to
    whoever fetches the rows. Loaders of the user's are not called.
    """
    is_binary = False
    for column in range(result.nfields):
        oid = result.ftype(column)
        if not column:
            is_binary = result.fformat(0) == BINARY
        varied = oid in RECORDS or oid >= FIRST_OF_USERS
        if not varied and (not is_binary or adapters.is_usual(oid)):
            continue
        outer = loader.get_loader(oid, BINARY if is_binary else pq.Format.TEXT)
        if not known(type(outer)):
            continue
        for row in range(result.ntuples):
            value = result.get_value(row, column)
            if value is not None:
                with suppress(Exception):
                    outer.load(value)
                # The types inside of a record in binary format stand in each value.
                if not (varied and is_binary):
                    break
