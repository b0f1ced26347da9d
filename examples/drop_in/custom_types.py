"""Dumpers and loaders of one's own; composites, enums, ranges of a database."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pgtwin as psycopg
from pgtwin.adapt import Buffer, Dumper, Loader
from pgtwin.types import TypeInfo
from pgtwin.types.composite import CompositeInfo, register_composite
from pgtwin.types.enum import EnumInfo, register_enum
from pgtwin.types.multirange import Multirange, MultirangeInfo, register_multirange
from pgtwin.types.range import Range, RangeInfo, register_range


@dataclass
class Card:
    """A composite of the database."""

    value: int
    suit: str


class Mood(enum.Enum):
    """An enumeration of the database."""

    SAD = 1
    HAPPY = 2


class CardDumper(Dumper):
    """Writes a card as text."""

    def dump(self, obj: Card) -> Buffer:
        return f"{obj.suit}{obj.value}".encode()


class EndlessDateLoader(Loader):
    """Reads what Python's dates cannot hold as the last of them."""

    def load(self, data: Buffer) -> dt.date:
        text = bytes(data).decode()
        return dt.date.max if text == "infinity" else dt.date.fromisoformat(text)


class FloatLoader(Loader):
    """Reads numeric as float."""

    def load(self, data: Buffer) -> float:
        return float(bytes(data))


async def main(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        conn.adapters.register_dumper(Card, CardDumper)
        cur = await conn.execute("SELECT %s", (Card(8, "hearts"),))
        print(await cur.fetchone())
        conn.adapters.register_loader("date", EndlessDateLoader)
        cur = await conn.execute("SELECT 'infinity'::date, '2020-01-02'::date")
        print(await cur.fetchone())
        one = conn.cursor()
        one.adapters.register_loader("numeric", FloatLoader)
        await one.execute("SELECT 1.5::numeric")
        print(
            await one.fetchone(), (await (await conn.execute("SELECT 1.5")).fetchone())
        )

        await conn.execute("CREATE TYPE pg_temp.card AS (value int, suit text)")
        info = await CompositeInfo.fetch(conn, "pg_temp.card")
        assert info is not None
        print(info.field_names, info.python_type)
        register_composite(info, conn)
        cur = await conn.execute("SELECT '(1,spades)'::pg_temp.card")
        row = await cur.fetchone()
        assert row is not None
        print(row[0], row[0].suit)

        def make(values: Sequence[Any], info: CompositeInfo) -> Card:
            return Card(*values)

        def take(card: Card, info: CompositeInfo) -> Sequence[Any]:
            return [card.value, card.suit]

        register_composite(
            info, conn, factory=Card, make_object=make, make_sequence=take
        )
        cur = await conn.execute("SELECT %s, %s", (Card(2, "x y"), [Card(3, "clubs")]))
        print(await cur.fetchone())

        await conn.execute("CREATE TYPE pg_temp.mood AS ENUM ('SAD', 'HAPPY')")
        moods = await EnumInfo.fetch(conn, "pg_temp.mood")
        assert moods is not None
        print(moods.labels)
        register_enum(moods, conn, Mood)
        cur = await conn.execute("SELECT %s, %s", (Mood.SAD, [Mood.HAPPY]))
        print(await cur.fetchone())

        await conn.execute(
            "CREATE TYPE pg_temp.span AS RANGE"
            " (subtype = numeric, multirange_type_name = pg_temp.spans)"
        )
        span = await RangeInfo.fetch(conn, "pg_temp.span")
        spans = await MultirangeInfo.fetch(conn, "pg_temp.spans")
        assert span is not None
        assert spans is not None
        register_range(span, conn)
        register_multirange(spans, conn)
        cur = await conn.execute(
            "SELECT '[1,2.5)'::pg_temp.span, '{[1,2)}'::pg_temp.spans"
        )
        print(await cur.fetchone())
        bounds = Range(Decimal(1), Decimal(3), "[]")
        cur = await conn.execute(
            "SELECT %s::pg_temp.span, %s::pg_temp.spans", (bounds, Multirange([bounds]))
        )
        print(await cur.fetchone())
        print(bounds.lower_inc, Decimal(2) in bounds, bounds < Range(Decimal(2), None))

        print(await TypeInfo.fetch(conn, "no_such_type"))
        text = await TypeInfo.fetch(conn, "text")
        assert text is not None
        print(text.name, text.oid, text.array_oid, psycopg.adapters.types["text"].oid)
