"""SQLAlchemy's engines on this driver: core, ORM, reflection, types, lost servers.

SQLAlchemy's own suite runs beside this one: see `tests/sqlalchemy_suite`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import json
import logging
import uuid
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.dialects.postgresql.ranges import MultiRange
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    SAWarning,
)
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    mapped_column,
    relationship,
    selectinload,
)

import pgtwin

SCHEMA = "pgtwin_sqlalchemy"
CHANNEL = "pgtwin_sqlalchemy"

Engines = Callable[..., AsyncEngine]


class Base(DeclarativeBase):
    metadata = sa.MetaData(schema=SCHEMA)


class Author(Base):
    __tablename__ = "author"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(50), unique=True)
    books: Mapped[list[Book]] = relationship(
        back_populates="author", order_by="Book.title"
    )


class Book(Base):
    __tablename__ = "book"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(index=True)
    author_id: Mapped[int] = mapped_column(
        sa.ForeignKey(Author.id, name="written_by", ondelete="CASCADE")
    )
    author: Mapped[Author] = relationship(back_populates="books")


numbers = sa.Table(
    "numbers",
    Base.metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("value", sa.Integer),
)

kinds = sa.Table(
    "kinds",
    Base.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("json", sa.JSON),
    sa.Column("jsonb", pg.JSONB),
    sa.Column("texts", pg.ARRAY(sa.Text)),
    sa.Column("matrix", pg.ARRAY(sa.Integer, dimensions=2)),
    sa.Column("range", pg.INT4RANGE),
    sa.Column("span", pg.TSTZRANGE),
    sa.Column("ranges", pg.INT8MULTIRANGE),
    sa.Column("uuid", sa.Uuid),
    sa.Column("amount", sa.Numeric(10, 2)),
    sa.Column("ratio", sa.Double),
    sa.Column("data", sa.LargeBinary),
    sa.Column("moment", sa.DateTime(timezone=True)),
    sa.Column("lasting", sa.Interval),
    sa.Column("mood", sa.Enum("sad", "happy", name="mood", schema=SCHEMA)),
    sa.Column("address", pg.INET),
)

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.timezone.utc)
ROW: dict[str, Any] = {
    "id": 1,
    "json": {"a": [1, None, "\N{EURO SIGN}"]},
    "jsonb": {"b": {"c": 2.5}},
    "texts": ["plain", 'with "quotes", {braces}', None],
    "matrix": [[1, 2], [3, 4]],
    "range": pg.Range(1, 10),
    "span": pg.Range(NOON, None, bounds="[)"),
    "ranges": MultiRange([pg.Range(1, 3), pg.Range(7, 9)]),
    "uuid": uuid.UUID("6f1c0a52-8d5a-4b36-a5f5-0b3f2a5f1c11"),
    "amount": Decimal("12345.60"),
    "ratio": 0.1,
    "data": b"\x00\xff",
    "moment": NOON,
    "lasting": dt.timedelta(days=3, seconds=5),
    "mood": "happy",
    "address": ipaddress.ip_address("192.0.2.1"),
}


@pytest.fixture
async def engines(dsn: str) -> AsyncIterator[Engines]:
    """Make engines; they are disposed of when the test ends."""
    made = []
    url = sa.URL.create(
        "postgresql+pgtwin",
        query={name: str(value) for name, value in conninfo_to_dict(dsn).items()},
    )

    def make(**options: Any) -> AsyncEngine:
        made.append(create_async_engine(url, **options))
        return made[-1]

    yield make
    for engine in made:
        await engine.dispose()


@pytest.fixture
async def engine(engines: Engines) -> AsyncIterator[AsyncEngine]:
    """An engine whose database has the tables of this module, all empty."""
    engine: AsyncEngine = engines()
    async with engine.begin() as conn:
        await conn.execute(sa.text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
        await conn.execute(sa.schema.CreateSchema(SCHEMA))
        await conn.run_sync(Base.metadata.create_all)
    yield engine
    async with engine.begin() as conn:
        await conn.execute(sa.schema.DropSchema(SCHEMA, cascade=True))


def driver_connection(conn: sa.Connection) -> Any:
    return conn.connection.driver_connection


async def test_the_connections_are_ours(engine: AsyncEngine) -> None:
    assert (engine.name, engine.driver) == ("postgresql", "pgtwin")
    async with engine.connect() as conn:
        held = await conn.run_sync(driver_connection)
        assert type(held) is pgtwin.AsyncConnection
        assert await conn.scalar(sa.text("SELECT 42")) == 42


async def test_insert_many_values(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        statement = sa.insert(numbers).returning(
            numbers.c.id, numbers.c.value, sort_by_parameter_order=True
        )
        given = [{"value": value} for value in range(2500)]
        rows = (await conn.execute(statement, given)).all()
        assert [value for _, value in rows] == list(range(2500))
        assert len({key for key, _ in rows}) == 2500
        result = await conn.execute(
            sa.update(numbers).where(numbers.c.value < 500).values(value=None)
        )
        assert result.rowcount == 500
        result = await conn.execute(
            sa.update(numbers)
            .where(numbers.c.value == sa.bindparam("old"))
            .values(value=sa.bindparam("new")),
            [{"old": value, "new": -value} for value in (500, 501, 1)],
        )
        assert result.rowcount == 2


async def test_errors_are_mapped(engine: AsyncEngine) -> None:
    async with engine.connect() as conn:
        with pytest.raises(ProgrammingError, match="no_such_table") as caught:
            await conn.execute(sa.text("SELECT * FROM no_such_table"))
        assert isinstance(caught.value.orig, pgtwin.errors.UndefinedTable)
        assert not caught.value.connection_invalidated
        await conn.rollback()
        assert await conn.scalar(sa.text("SELECT 1")) == 1


async def test_orm(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session, session.begin():
        borges = Author(name="Borges", books=[Book(title="Ficciones")])
        session.add_all([borges, Author(name="Ocampo")])
        await session.flush()
        borges.books.append(Book(title="El Aleph"))
    async with AsyncSession(engine) as session:
        query = (
            sa.select(Author).options(selectinload(Author.books)).order_by(Author.name)
        )
        authors = (await session.scalars(query)).all()
        assert [
            (author.name, [book.title for book in author.books]) for author in authors
        ] == [("Borges", ["El Aleph", "Ficciones"]), ("Ocampo", [])]
        session.add(Author(name="Borges"))
        with pytest.raises(IntegrityError) as caught:
            await session.flush()
        assert isinstance(caught.value.orig, pgtwin.errors.UniqueViolation)
        await session.rollback()
        assert await session.scalar(sa.select(sa.func.count(Book.id))) == 2


async def test_reflection(engine: AsyncEngine) -> None:
    metadata = sa.MetaData(schema=SCHEMA)
    async with engine.connect() as conn:
        await conn.run_sync(metadata.reflect)
    tables = {table.name: table for table in metadata.sorted_tables}
    assert set(tables) == {"author", "book", "kinds", "numbers"}
    (key,) = tables["book"].foreign_key_constraints
    assert (key.name, key.ondelete) == ("written_by", "CASCADE")
    assert key.referred_table is tables["author"]
    assert {index.name for index in tables["book"].indexes} == {
        f"ix_{SCHEMA}_book_title"
    }
    assert tables["numbers"].c.id.identity is not None
    for column in kinds.columns:
        reflected = tables["kinds"].c[column.name].type.compile(engine.dialect)
        # The server does not keep the number of dimensions.
        declared = column.type.compile(engine.dialect).replace("[][]", "[]")
        assert reflected == declared


async def test_types(engine: AsyncEngine) -> None:
    nothing = dict.fromkeys(ROW) | {"id": 2}
    async with engine.begin() as conn:
        await conn.execute(sa.insert(kinds), [ROW, nothing])
        query = sa.select(kinds).order_by(kinds.c.id)
        first, second = (await conn.execute(query)).mappings().all()
        assert dict(first) == ROW
        assert dict(second) == nothing | {"json": None}
        query = sa.select(kinds.c.id).where(
            kinds.c.jsonb["b"]["c"].as_float() == 2.5,
            kinds.c.json["a"][0].as_integer() == 1,
            kinds.c.texts.contains(["plain"]),
            kinds.c.matrix[2][1] == 3,
            kinds.c.range.contains(4),
            kinds.c.span.overlaps(pg.Range(NOON, NOON + dt.timedelta(hours=1))),
            kinds.c.ranges.contains(MultiRange([pg.Range(7, 8)])),
            kinds.c.uuid.in_([ROW["uuid"], uuid.uuid4()]),
            kinds.c.moment + kinds.c.lasting > NOON,
            kinds.c.mood == "happy",
        )
        assert (await conn.scalars(query)).all() == [1]


async def test_json_by_functions_of_the_user(engines: Engines) -> None:
    engine: AsyncEngine = engines(
        json_serializer=lambda value: json.dumps({"dumped": value}),
        json_deserializer=lambda text: ("loaded", json.loads(text)),
    )
    async with engine.connect() as conn:
        query = sa.select(sa.cast(sa.literal("x", sa.JSON), sa.JSON))
        assert await conn.scalar(query) == ("loaded", {"dumped": "x"})


async def test_hstore(engine: AsyncEngine, engines: Engines) -> None:
    async with engine.begin() as conn:
        known = sa.text("SELECT 1 FROM pg_available_extensions WHERE name = 'hstore'")
        if not await conn.scalar(known):
            pytest.skip("the server has no hstore")
        await conn.execute(sa.text(f"CREATE EXTENSION hstore SCHEMA {SCHEMA}"))
    # Types are looked up by the first connection of an engine.
    other: AsyncEngine = engines(connect_args={"options": f"-c search_path={SCHEMA}"})
    value = {"a": "1", 'b "quoted"': None}
    for _ in range(2):
        async with other.connect() as conn:
            query = sa.select(sa.cast(sa.literal(value, pg.HSTORE), pg.HSTORE))
            assert await conn.scalar(query) == value
        await other.dispose()


async def test_server_side_cursor(engine: AsyncEngine) -> None:
    def fetch(conn: sa.Connection) -> list[int]:
        query = sa.select(sa.func.generate_series(1, 3000))
        result = conn.execute(query, execution_options={"yield_per": 100})
        cursor: Any = result.cursor
        portals = sa.text("SELECT name FROM pg_cursors")
        assert conn.scalars(portals).all() == [cursor.name]
        found = [sum(part) for part in result.scalars().partitions()]
        assert conn.scalars(portals).all() == []
        return found

    async with engine.connect() as conn:
        sums = await conn.run_sync(fetch)
    assert len(sums) == 30
    assert sum(sums) == 3000 * 3001 / 2


@pytest.mark.parametrize("name", ["", "mine"])
async def test_cursor_of_the_connection(engine: AsyncEngine, name: str) -> None:
    def fetch(conn: sa.Connection) -> list[Any]:
        cursor: Any = conn.connection.cursor(*[name] if name else [])
        cursor.execute("SELECT generate_series(1, %s::int)", (10,))
        rows = [cursor.fetchone(), *cursor.fetchmany(2), *cursor.fetchmany(), *cursor]
        assert cursor.fetchall() == []
        assert cursor.fetchone() is None
        cursor.close()
        return [value for (value,) in rows]

    async with engine.connect() as conn:
        assert await conn.run_sync(fetch) == list(range(1, 11))


@pytest.mark.parametrize(
    "level",
    ["READ COMMITTED", "READ UNCOMMITTED", "REPEATABLE READ", "SERIALIZABLE"],
)
async def test_isolation_level(engine: AsyncEngine, level: str) -> None:
    async with engine.connect() as conn:
        await conn.execution_options(
            isolation_level=level,
            postgresql_readonly=True,
            postgresql_deferrable=True,
        )
        for name, value in [
            ("isolation", level.lower()),
            ("read_only", "on"),
            ("deferrable", "on"),
        ]:
            assert await conn.scalar(sa.text(f"SHOW transaction_{name}")) == value
        assert await conn.get_isolation_level() == level
    async with engine.connect() as conn:
        assert await conn.get_isolation_level() == "READ COMMITTED"
        assert await conn.scalar(sa.text("SHOW transaction_read_only")) == "off"
        assert await conn.scalar(sa.text("SHOW transaction_deferrable")) == "off"


async def test_autocommit(engine: AsyncEngine, engines: Engines) -> None:
    other: AsyncEngine = engines(isolation_level="AUTOCOMMIT")
    async with other.connect() as conn, engine.connect() as watching:
        await conn.execute(sa.insert(numbers).values(value=1))
        count = sa.select(sa.func.count()).select_from(numbers)
        assert await watching.scalar(count) == 1
        assert await conn.scalar(sa.text("SELECT 1")) == 1
        status = (await conn.run_sync(driver_connection)).info.transaction_status
        assert status == pgtwin.pq.TransactionStatus.IDLE


async def test_savepoint(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await conn.execute(sa.insert(numbers).values(value=1))
        with pytest.raises(DBAPIError):
            async with conn.begin_nested():
                await conn.execute(sa.text("SELECT 1/0"))
        assert (await conn.scalars(sa.select(numbers.c.value))).all() == [1]


@pytest.mark.parametrize("end", ["commit", "rollback"])
@pytest.mark.usefixtures("two_phase")
async def test_two_phase(engine: AsyncEngine, end: str) -> None:
    def by_one_connection(conn: sa.Connection) -> None:
        with conn.begin_twophase() as transaction:
            conn.execute(sa.insert(numbers).values(value=1))
            transaction.prepare()
            assert transaction.xid in conn.recover_twophase()
            getattr(transaction, end)()
        with conn.begin_twophase() as transaction:
            conn.execute(sa.insert(numbers).values(value=2))
            getattr(transaction, end)()

    def prepare(conn: sa.Connection) -> str:
        transaction = conn.begin_twophase()
        conn.execute(sa.insert(numbers).values(value=3))
        transaction.prepare()
        # Its connection is lost: it must be finished by another.
        conn.invalidate()
        return str(transaction.xid)

    def finish(conn: sa.Connection, xid: str) -> None:
        assert xid in conn.recover_twophase()
        finishing = {"commit": conn.commit_prepared, "rollback": conn.rollback_prepared}
        finishing[end](xid, recover=True)
        assert xid not in conn.recover_twophase()

    async with engine.connect() as conn:
        await conn.run_sync(by_one_connection)
    async with engine.connect() as conn:
        xid = await conn.run_sync(prepare)
    async with engine.connect() as conn:
        await conn.run_sync(finish, xid)
    async with engine.connect() as conn:
        found = (await conn.scalars(sa.select(numbers.c.value))).all()
    assert found == ([1, 2, 3] if end == "commit" else [])


async def lose(other: pgtwin.AsyncConnection[Any], held: Any) -> None:
    await other.execute(
        "SELECT pg_terminate_backend(%s, 60000)", (held.info.backend_pid,)
    )


async def test_lost_connection(
    engine: AsyncEngine, other: pgtwin.AsyncConnection[Any]
) -> None:
    async with engine.connect() as conn:
        lost = await conn.run_sync(driver_connection)
        await conn.rollback()
        await lose(other, lost)
        with pytest.raises(OperationalError) as caught:
            await conn.execute(sa.text("SELECT 1"))
        assert isinstance(caught.value.orig, pgtwin.errors.AdminShutdown)
        assert caught.value.connection_invalidated
        assert conn.invalidated
        await conn.rollback()
        assert await conn.scalar(sa.text("SELECT 1")) == 1
        assert await conn.run_sync(driver_connection) is not lost
    assert lost.closed


async def test_command_timeout(engines: Engines) -> None:
    engine: AsyncEngine = engines(connect_args={"command_timeout": 60})
    async with engine.connect() as conn:
        held = await conn.run_sync(driver_connection)
        assert held.command_timeout == 60
        held.command_timeout = 0.5
        with pytest.raises(OperationalError) as caught:
            await conn.execute(sa.text("SELECT pg_sleep(120)"))
        held.command_timeout = 60
        assert isinstance(caught.value.orig, pgtwin.OperationTimeout)
        await conn.rollback()
        assert await conn.scalar(sa.text("SELECT 1")) == 1


async def test_pool_pre_ping(
    engines: Engines, other: pgtwin.AsyncConnection[Any]
) -> None:
    engine: AsyncEngine = engines(pool_pre_ping=True, pool_size=1, max_overflow=0)
    async with engine.connect() as conn:
        lost = await conn.run_sync(driver_connection)
    async with engine.connect() as conn:
        assert await conn.run_sync(driver_connection) is lost
    await lose(other, lost)
    async with engine.connect() as conn:
        assert await conn.run_sync(driver_connection) is not lost
        assert await conn.scalar(sa.text("SELECT 1")) == 1
    assert lost.closed


async def test_copy_in_the_same_transaction(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await conn.execute(sa.insert(numbers).values(value=1))
        held = await conn.run_sync(driver_connection)
        name = pgtwin.sql.Identifier(SCHEMA, "numbers")
        assert await held.copy_records(name, ["value"], [(2,), (None,)]) == 2
        query = sa.select(numbers.c.value).order_by(numbers.c.id)
        assert (await conn.scalars(query)).all() == [1, 2, None]


async def test_listen(engine: AsyncEngine) -> None:
    async with engine.connect() as conn:
        await conn.execution_options(isolation_level="AUTOCOMMIT")
        await conn.execute(sa.text(f"LISTEN {CHANNEL}"))
        held = await conn.run_sync(driver_connection)
        async with engine.begin() as sender:
            for payload in ("one", "two"):
                await sender.execute(sa.select(sa.func.pg_notify(CHANNEL, payload)))
        received = held.notifies(timeout=60, stop_after=2)
        assert [notify.payload async for notify in received] == ["one", "two"]
        assert await conn.scalar(sa.text("SELECT 1")) == 1


async def test_notices_are_logged(
    engine: AsyncEngine, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "sqlalchemy.dialects.postgresql"):
        async with engine.begin() as conn:
            await conn.execute(sa.text("DO $$ BEGIN RAISE NOTICE 'heed'; END $$"))
    assert "NOTICE: heed" in caplog.messages


async def test_several_connections_at_once(engine: AsyncEngine) -> None:
    found: set[int] = set()
    all_are_there = asyncio.Event()

    async def pid() -> None:
        async with engine.connect() as conn:
            found.add(int(await conn.scalar(sa.text("SELECT pg_backend_pid()"))))
            if len(found) == 3:
                all_are_there.set()
            # Nobody gives a connection back before all have one.
            await asyncio.wait_for(all_are_there.wait(), 60)

    await asyncio.gather(pid(), pid(), pid())
    assert len(found) == 3


# twingen: async-only
async def test_connection_of_a_cancelled_task(engine: AsyncEngine) -> None:
    held = []

    async def sleep() -> None:
        async with engine.connect() as conn:
            held.append(await conn.run_sync(driver_connection))
            await conn.execute(sa.text("SELECT pg_sleep(120)"))

    task = asyncio.create_task(sleep())
    while not held or held[0].info.transaction_status.name != "ACTIVE":
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert held[0].closed
    async with engine.connect() as conn:
        assert await conn.scalar(sa.text("SELECT 1")) == 1


# twingen: async-only
async def test_forgotten_connection_is_terminated(engines: Engines) -> None:
    engine: AsyncEngine = engines(pool_size=1, max_overflow=0)
    holder = [await engine.connect()]
    held = await holder[0].run_sync(driver_connection)
    with pytest.warns(SAWarning, match="garbage collector.*terminated"):
        holder.clear()
    assert held.closed
    async with engine.connect() as other:
        assert await other.scalar(sa.text("SELECT 1")) == 1


# twingen: async-only
async def test_connections_made_by_the_user(dsn: str) -> None:
    async def connect() -> pgtwin.AsyncConnection[Any]:
        return await pgtwin.AsyncConnection.connect(dsn, application_name="user's")

    engine = create_async_engine("postgresql+pgtwin://", async_creator=connect)
    async with engine.connect() as conn:
        name = await conn.scalar(sa.text("SHOW application_name"))
    await engine.dispose()
    assert name == "user's"
