"""From rows of Python values to the data of a COPY.

Law: psycopg's own `Copy` makes the data, compiled where psycopg is; it writes into a
list here, never to a server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from struct import Struct
from typing import TYPE_CHECKING, Any, cast

import psycopg
from psycopg import pq
from psycopg.adapt import AdaptersMap, Dumper, Transformer
from psycopg.copy import Writer

if TYPE_CHECKING:
    from psycopg.abc import Buffer
    from psycopg.pq.abc import PGconn, PGresult

BINARY = pq.Format.BINARY


class _Int2(Dumper):
    """Dumps what fits; psycopg's own cuts off what does not."""

    format = BINARY
    oid = psycopg.adapters.types["int2"].oid
    dump: Any = staticmethod(Struct("!h").pack)


class _Int4(_Int2):
    oid = psycopg.adapters.types["int4"].oid
    dump: Any = staticmethod(Struct("!i").pack)


class _Oid(_Int2):
    oid = psycopg.adapters.types["oid"].oid
    dump: Any = staticmethod(Struct("!I").pack)


def _checked(adapters: AdaptersMap) -> AdaptersMap:
    """Return adapters that refuse numbers too large for a column of a binary COPY."""
    checked = AdaptersMap(adapters)
    for dumper in (_Int2, _Int4, _Oid):
        known = psycopg.adapters.get_dumper_by_oid(dumper.oid, BINARY)
        if adapters.get_dumper_by_oid(dumper.oid, BINARY) is known:
            checked.register_dumper(None, dumper)
    return checked


def takes_binary(
    adapters: AdaptersMap, oids: Sequence[int], row: Sequence[Any]
) -> bool:
    """Tell whether a row can be dumped in binary format for columns of these types."""
    if len(oids) != len(row):
        return False
    checked = _checked(adapters)
    transformer = Transformer()
    try:
        for oid, value in zip(oids, row, strict=True):
            dumper = checked.get_dumper_by_oid(oid, BINARY)
            if value is not None:
                dumper(type(value), transformer).dump(value)
    except Exception:
        return False  # dumpers raise what they like
    return True


class _Connection:
    """What psycopg's `Copy` reads of a connection."""

    def __init__(self, pgconn: PGconn) -> None:
        self.pgconn = pgconn


class _Cursor:
    """What psycopg's `Copy` reads of a cursor."""

    pgresult: PGresult | None = None

    def __init__(self, adapters: AdaptersMap, pgconn: PGconn) -> None:
        self.adapters = adapters
        self.connection = _Connection(pgconn)


class Rows(Writer):
    """Takes rows and pieces of data, gives the data of a COPY in blocks.

    `blocks` are what is to be sent, of about 32 KiB each; who sends them empties it.
    """

    def __init__(self, adapters: AdaptersMap, pgconn: PGconn, binary: bool) -> None:
        self.blocks: list[Buffer] = []
        if binary:
            adapters = _checked(adapters)
        cursor = cast("psycopg.Cursor[Any]", _Cursor(adapters, pgconn))
        self._copy = psycopg.Copy(cursor, binary=binary, writer=self)
        self.add: Callable[[Sequence[Any]], None] = self._copy.write_row
        self.add_data: Callable[[Buffer | str], None] = self._copy.write
        self.set_types: Callable[[Sequence[int | str]], None] = self._copy.set_types

    def write(self, data: Buffer) -> None:
        """Keep a block (psycopg calls this)."""
        self.blocks.append(data)

    def end(self) -> None:
        """Add what the end of the data needs."""
        self._copy.finish(None)

    def take(self) -> Buffer:
        """Return what is to be sent as one block, and keep nothing of it."""
        blocks = self.blocks
        data = blocks[0] if len(blocks) == 1 else b"".join(blocks)
        blocks.clear()
        return data
