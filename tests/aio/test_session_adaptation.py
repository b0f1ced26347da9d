"""The adapters and settings of a session, with a libpq handle and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg import pq
from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap
from psycopg.pq.abc import PGconn
from psycopg.types.string import StrDumper, TextBinaryLoader, TextLoader

from pgtwin.aio.libpq.connect_attempts import connect
from pgtwin.aio.libpq.exchange import Exchange
from pgtwin.aio.sessions.adaptation import Adaptation
from pgtwin.core.adaptation.adapters import Adapters

TEXT_OID = 25


class Owner:
    """Stands where a connection does: adaptation contexts have it."""

    def __init__(self, pgconn: PGconn) -> None:
        self.pgconn = pgconn


@pytest.fixture
async def exchange(dsn: str) -> AsyncIterator[Exchange]:
    pgconn, _ = await connect(dsn, {})
    exchange = Exchange.over(pgconn)
    yield exchange
    exchange.finish()


@pytest.fixture
async def owner(exchange: Exchange) -> Owner:
    return Owner(exchange.pgconn)


async def test_settings_are_looked_at(exchange: Exchange, owner: Owner) -> None:
    adaptation = Adaptation(exchange.pgconn, owner)
    assert adaptation.encoding == "utf-8"
    version = adaptation.version
    adaptation.look_at_settings()
    assert adaptation.version == version  # nothing has changed
    await exchange.query(b"SET client_encoding TO LATIN1")
    adaptation.look_at_settings()
    assert adaptation.encoding == "iso8859-1"
    assert adaptation.version > version


async def test_other_settings_make_another_transformer(
    exchange: Exchange, owner: Owner
) -> None:
    adaptation = Adaptation(exchange.pgconn, owner)
    before = adaptation.transformer()
    assert adaptation.transformer() is before
    await exchange.query(b"SET TimeZone TO 'Asia/Tokyo'")
    assert adaptation.transformer() is before  # until somebody looks
    adaptation.look_at_settings()
    assert adaptation.transformer() is not before


async def test_registered_dumper_makes_another_transformer(
    exchange: Exchange, owner: Owner
) -> None:
    adaptation = Adaptation(exchange.pgconn, owner)
    before = adaptation.transformer()
    adaptation.adapters.register_dumper(str, StrDumper)
    assert adaptation.transformer() is not before


async def test_adapt_as_copies_the_adapters(exchange: Exchange, owner: Owner) -> None:
    template = AdaptersMap(psycopg.adapters)
    template.register_loader(TEXT_OID, Backward)
    adaptation = Adaptation(exchange.pgconn, owner)
    generation = adaptation.adapters.generation
    adaptation.adapt_as(template)
    assert isinstance(adaptation.adapters, Adapters)
    assert adaptation.adapters.generation > generation
    (result,) = await exchange.query(b"SELECT 'abc'")
    assert adaptation.load(result, 1, tuple) == [("cba",)]
    template.register_loader(TEXT_OID, TextLoader)
    assert adaptation.load(result, 1, tuple) == [("cba",)]


async def test_loads_by_adapters_that_hold_now(
    exchange: Exchange, owner: Owner
) -> None:
    adaptation = Adaptation(exchange.pgconn, owner)
    (result,) = await exchange.query(b"SELECT 'abc' UNION ALL SELECT 'def'")
    assert adaptation.load(result, 2, tuple) == [("abc",), ("def",)]
    adaptation.adapters.register_loader(TEXT_OID, Backward)
    assert adaptation.load(result, 1, tuple) == [("cba",)]


async def test_transformers_know_the_owner_weakly(exchange: Exchange) -> None:
    owner = Owner(exchange.pgconn)
    adaptation = Adaptation(exchange.pgconn, owner)
    assert adaptation.new_transformer() is not adaptation.new_transformer()
    assert adaptation.context().connection.__class__ is Owner
    del owner
    with pytest.raises(ReferenceError):
        _ = adaptation.context().connection.__class__


async def test_a_closed_handle_changes_nothing(
    exchange: Exchange, owner: Owner
) -> None:
    adaptation = Adaptation(exchange.pgconn, owner)
    version = adaptation.version
    exchange.finish()
    adaptation.look_at_settings()
    assert adaptation.version == version
    assert adaptation.encoding == "utf-8"


async def test_usual_loaders(exchange: Exchange, owner: Owner) -> None:
    adaptation = Adaptation(exchange.pgconn, owner)
    (result,) = await exchange.query(b"SELECT 'abc'")
    assert adaptation.examine_columns(result).usual
    adaptation.adapters.register_loader(TEXT_OID, Backward)
    assert not adaptation.examine_columns(result).usual
    # Of the other format only: this result is loaded as before.
    other = Adaptation(exchange.pgconn, owner)
    other.adapters.register_loader(TEXT_OID, TextBinaryLoader)
    assert other.load(result, 1, tuple) == [("abc",)]


class Backward(TextLoader):
    """Loads a text from its end."""

    format = pq.Format.TEXT

    def load(self, data: Buffer) -> str:
        return bytes(data).decode()[::-1]
