"""Where pgtwin behaves otherwise than psycopg, on purpose: see docs/compatibility.md.

Each test asks both, so that it tells when psycopg changes too.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.adapt import Dumper
from psycopg.types.enum import EnumInfo as TheirEnumInfo

import pgtwin
from pgtwin import errors as e
from pgtwin.conninfo import conninfo_to_dict
from pgtwin.pq import Format, TransactionStatus
from pgtwin.rows import dict_row, kwargs_row, namedtuple_row
from pgtwin.types.enum import EnumInfo
from pgtwin.types.string import StrDumper, TextLoader

# psycopg's own connections call add_reader().
pytestmark = pytest.mark.needs_readers

Ours = pgtwin.AsyncConnection[Any]
Theirs = psycopg.AsyncConnection[Any]


@pytest.fixture
async def theirs(dsn: str) -> AsyncIterator[Theirs]:
    """A connection of psycopg."""
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        yield conn


async def test_wrong_password(login_dsn: str) -> None:
    params: dict[str, Any] = conninfo_to_dict(login_dsn)
    params |= {"host": ",".join([params["host"]] * 2), "password": "wrong"}
    with pytest.raises(e.OperationalError) as caught:
        await psycopg.AsyncConnection.connect(**params)
    assert "Multiple connection attempts failed" in str(caught.value)
    assert caught.value.sqlstate is None
    with pytest.raises(e.InvalidPassword) as caught:
        await pgtwin.AsyncConnection.connect(**params)
    assert str(caught.value).count("password authentication failed") == 1
    assert caught.value.sqlstate == "28P01"


async def test_timeout_of_a_service(
    silent_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = tmp_path / "services.conf"
    lines = ["[mine]", "host=127.0.0.1", f"port={silent_port}", "connect_timeout=2", ""]
    service.write_text("\n".join(lines))
    monkeypatch.setenv("PGSERVICEFILE", str(service))
    monkeypatch.setenv("PGSERVICE", "mine")
    monkeypatch.setenv("PGHOST", "no-such-host.invalid")
    with pytest.raises(e.OperationalError, match="resolve"):
        await psycopg.AsyncConnection.connect()
    with pytest.raises(e.ConnectionTimeout, match=f"{silent_port}"):
        await pgtwin.AsyncConnection.connect()


async def test_prepared_by_a_walsender(tcp_dsn: str) -> None:
    params: dict[str, Any] = {"replication": "database", "autocommit": True}
    async with await psycopg.AsyncConnection.connect(tcp_dsn, **params) as their_conn:
        with pytest.raises(e.ProtocolViolation):
            for _ in range(6):
                await their_conn.execute("SELECT 1")
    async with pgtwin.AsyncConnection.connect(tcp_dsn, **params) as our_conn:
        for _ in range(6):
            await our_conn.execute("SELECT 1")


async def test_nothing_sent(conn: Ours, theirs: Theirs) -> None:
    with pytest.raises(e.ProgrammingError):
        await theirs.execute("SELECT %s", (1, 2))
    assert theirs.info.transaction_status == TransactionStatus.INTRANS
    with pytest.raises(e.ProgrammingError):
        await conn.execute("SELECT %s", (1, 2))
    assert conn.info.transaction_status == TransactionStatus.IDLE


async def test_copy_executed(conn: Ours, theirs: Theirs) -> None:
    with pytest.raises(e.ProgrammingError):
        await theirs.execute("COPY (SELECT 1) TO STDOUT")
    assert theirs.info.transaction_status == TransactionStatus.ACTIVE
    await theirs.close()
    with pytest.raises(e.ProgrammingError):
        await conn.execute("COPY (SELECT 1) TO STDOUT")
    cur = await conn.execute("SELECT 1")
    assert await cur.fetchone() == (1,)


async def test_copy_executed_in_a_pipeline(conn: Ours, theirs: Theirs) -> None:
    for each in theirs, conn:
        with pytest.raises(e.ProgrammingError):
            async with each.pipeline():
                cur = await each.execute("COPY (SELECT 1) TO STDOUT")
                await cur.fetchall()
    assert theirs.info.transaction_status == TransactionStatus.ACTIVE
    assert conn.closed
    await theirs.close()


async def test_scroll_of_closed(conn: Ours, theirs: Theirs) -> None:
    their_cursor = theirs.cursor("curs")
    await their_cursor.close()
    with pytest.raises(e.InvalidCursorName):
        await their_cursor.scroll(1)
    cursor = conn.cursor("curs")
    await cursor.close()
    with pytest.raises(e.InterfaceError):
        await cursor.scroll(1)


async def test_execute_of_closed(conn: Ours, theirs: Theirs) -> None:
    async def refused(conn: Ours | Theirs) -> str:
        cursor = conn.cursor("curs")
        await cursor.execute("SELECT 1")
        await cursor.close()
        with pytest.raises(e.Error) as caught:
            await cursor.execute("SELECT 1")
        return type(caught.value).__name__

    assert await refused(theirs) == "InvalidCursorName"
    assert theirs.info.transaction_status == TransactionStatus.INERROR
    assert await refused(conn) == "InterfaceError"
    assert conn.info.transaction_status == TransactionStatus.INTRANS


@pytest.mark.parametrize("end", ["commit", "block", "savepoint"])
@pytest.mark.parametrize("then", ["execute", "close"])
async def test_closed_by_the_server(
    conn: Ours, theirs: Theirs, end: str, then: str
) -> None:
    async def play(conn: Ours | Theirs, cursor: Any) -> None:
        if end == "savepoint":
            await conn.execute("SELECT 1")
        with contextlib.suppress(ZeroDivisionError):
            async with conn.transaction():
                await cursor.execute("SELECT 1")
                if end != "commit":
                    raise ZeroDivisionError
        await conn.execute("SELECT 1")
        if then == "execute":
            await cursor.execute("SELECT 2")
            assert await cursor.fetchall() == [(2,)]
        await cursor.close()

    their_cursor = theirs.cursor("curs")
    with pytest.raises(e.InvalidCursorName):
        await play(theirs, their_cursor)
    assert theirs.info.transaction_status == TransactionStatus.INERROR
    await their_cursor.close()
    await play(conn, conn.cursor("curs"))
    assert conn.info.transaction_status == TransactionStatus.INTRANS


@pytest.mark.parametrize(
    ("row_factory", "row"),
    [(namedtuple_row, ()), (dict_row, {}), (kwargs_row(dict), {})],
)
async def test_rows_without_columns(
    conn: Ours, theirs: Theirs, row_factory: Any, row: object
) -> None:
    their_cursor: Any = theirs.cursor("curs", row_factory=row_factory)
    await their_cursor.execute("SELECT")
    with pytest.raises(e.InterfaceError, match="doesn't have a result"):
        await their_cursor.fetchall()
    await their_cursor.close()
    cursors: list[Any] = [
        conn.cursor("curs", row_factory=row_factory),
        conn.cursor(row_factory=row_factory),
        theirs.cursor(row_factory=row_factory),
    ]
    for cursor in cursors:
        await cursor.execute("SELECT")
        assert await cursor.fetchall() == [row]
        await cursor.close()


async def test_stream_of_nothing(conn: Ours, theirs: Theirs) -> None:
    with pytest.raises(e.InternalError):
        async for _ in theirs.cursor().stream(""):
            pass
    with pytest.raises(e.ProgrammingError):
        async for _ in conn.cursor().stream(""):
            pass


async def test_adapters_changed(conn: Ours, theirs: Theirs) -> None:
    their_cursor = theirs.cursor()
    theirs.adapters.register_loader("int4", TextLoader)
    await their_cursor.execute("SELECT 1")
    assert await their_cursor.fetchone() == (1,)
    cursor = conn.cursor()
    conn.adapters.register_loader("int4", TextLoader)
    await cursor.execute("SELECT 1")
    assert await cursor.fetchone() == ("1",)


async def test_bytes_as_parameters(conn: Ours, theirs: Theirs) -> None:
    params: Any = bytearray(b"x")
    cur = await theirs.execute("SELECT %s", params)
    assert await cur.fetchone() == (120,)
    with pytest.raises(TypeError):
        await conn.execute("SELECT %s", params)


async def test_no_enumeration(conn: Ours, theirs: Theirs) -> None:
    info = await TheirEnumInfo.fetch(theirs, "int4")
    assert info is not None
    assert not any(info.labels)
    assert await EnumInfo.fetch(conn, "int4") is None


async def test_percent_in_name(conn: Ours, theirs: Theirs) -> None:
    async with theirs.cursor("100%") as their_cursor:
        with pytest.raises(e.ProgrammingError):
            await their_cursor.execute("SELECT %s::int", (1,))
    async with conn.cursor("100%") as cursor:
        await cursor.execute("SELECT %s::int", (1,))
        assert await cursor.fetchone() == (1,)


async def test_row_factory_called(conn: Ours, theirs: Theirs) -> None:
    called = []

    def counting(cursor: Any) -> Any:
        called.append(cursor)

        def make_row(values: Sequence[Any]) -> Any:
            return values

        return make_row

    await theirs.cursor(row_factory=counting).execute("SELECT 1")
    assert len(called) == 1
    cursor = conn.cursor(row_factory=counting)
    await cursor.execute("SELECT 1")
    assert len(called) == 1
    await cursor.fetchone()
    assert len(called) == 2


async def test_rowcount_that_is_not_known(conn: Ours, theirs: Theirs) -> None:
    query = "SELECT %s::int"
    async with theirs.pipeline():
        their_cursor = theirs.cursor()
        await their_cursor.executemany(query, [])
        assert their_cursor.rowcount == 0
    async with conn.pipeline():
        cursor = conn.cursor()
        await cursor.executemany(query, [(1,), (2,)])
        assert cursor.rowcount == -1
    assert cursor.rowcount == 2


async def test_rowcount_of_the_last_statement(conn: Ours, theirs: Theirs) -> None:
    query = "SELECT %s::int"
    async with theirs.pipeline():
        their_cursor = theirs.cursor()
        await their_cursor.execute("SELECT generate_series(1, 10)")
        await their_cursor.executemany(query, [(1,), (2,)])
    assert their_cursor.rowcount > 2
    async with conn.pipeline():
        cursor = conn.cursor()
        await cursor.execute("SELECT generate_series(1, 10)")
        await cursor.executemany(query, [(1,), (2,)])
    assert cursor.rowcount == 2


async def test_rowcount_of_a_closed_cursor(conn: Ours, theirs: Theirs) -> None:
    query = "SELECT generate_series(1, %s)"
    async with theirs.pipeline(), theirs.cursor() as their_cursor:
        await their_cursor.executemany(query, [(2,), (5,)])
    assert their_cursor.rowcount in (2, 5)
    async with conn.pipeline(), conn.cursor() as cursor:
        await cursor.executemany(query, [(2,), (5,)])
    assert cursor.rowcount == 7


async def test_block_in_an_ended_transaction(conn: Ours, theirs: Theirs) -> None:
    with pytest.raises(psycopg.transaction.OutOfOrderTransactionNesting):
        async with theirs.transaction():
            await theirs.execute("ROLLBACK")
            async with theirs.transaction():
                pytest.fail("a block without a transaction around it")
    with pytest.raises(psycopg.transaction.OutOfOrderTransactionNesting):
        async with theirs.transaction():
            pytest.fail("a block after that")
    await theirs.close()
    with pytest.raises(pgtwin.OutOfOrderTransactionNesting):
        async with conn.transaction():
            await conn.execute("ROLLBACK")
            async with conn.transaction():
                pytest.fail("a block without a transaction around it")
    async with conn.transaction():
        await conn.execute("SELECT 1")


async def test_savepoint_of_another(conn: Ours, theirs: Theirs) -> None:
    async def status_of_the_outer(each: Any) -> TransactionStatus:
        await each.execute("CREATE TEMP TABLE things (id int)")
        status: TransactionStatus = each.info.transaction_status
        try:
            async with each.transaction("sp"):
                await each.execute("INSERT INTO things VALUES (1)")
                with pytest.raises(e.DivisionByZero):
                    await each.execute("SELECT 1 / 0")
                with pytest.raises(e.InFailedSqlTransaction):
                    async with each.transaction("sp"):
                        pytest.fail("a block in a transaction that has failed")
                status = each.info.transaction_status
        except (e.InFailedSqlTransaction, e.InvalidSavepointSpecification):
            pass
        await each.rollback()
        return status

    assert await status_of_the_outer(theirs) == TransactionStatus.INTRANS
    assert await status_of_the_outer(conn) == TransactionStatus.INERROR


async def test_dumper_of_names(conn: Ours, theirs: Theirs) -> None:
    class VarcharDumper(StrDumper):
        oid = psycopg.adapters.types["varchar"].oid

        def quote(self, obj: str) -> bytes:
            return bytes(super().quote(obj)) + b"::varchar"

    for each in (theirs, conn):
        each.adapters.register_dumper(str, VarcharDumper)
    with pytest.raises(e.SyntaxError):
        await theirs.tpc_rollback("of-nobody")
    with pytest.raises(e.UndefinedObject):
        await conn.tpc_rollback("of-nobody")


async def test_ended_two_phase_transaction(conn: Ours, theirs: Theirs) -> None:
    for each in (theirs, conn):
        await each.tpc_begin("ended-by-sql")
        await each.execute("ROLLBACK")
    await theirs.execute("SELECT 1")
    await theirs.tpc_rollback()
    with pytest.raises(e.ProgrammingError, match="ended by SQL"):
        await conn.execute("SELECT 1")
    await conn.tpc_rollback()


async def test_result_chosen_in_a_pipeline(conn: Ours, theirs: Theirs) -> None:
    async with theirs.pipeline():
        their_cursor = await theirs.execute("SELECT 1")
        with pytest.raises(IndexError):
            await their_cursor.set_result(0)
    async with conn.pipeline():
        cursor = await conn.execute("SELECT 1")
        await cursor.set_result(-1)
        assert await cursor.fetchone() == (1,)


async def test_results_in_a_pipeline(conn: Ours, theirs: Theirs) -> None:
    async def counted(conn: Ours | Theirs) -> list[int]:
        async with conn.pipeline():
            cursor = await conn.execute("SELECT 1")
            return [each.rowcount async for each in cursor.results()]

    assert await counted(theirs) == []
    assert await counted(conn) == [1]


async def test_backslash_in_a_character(conn: Ours, theirs: Theirs) -> None:
    # Its second byte in SJIS is 0x5c.
    text = "\u8868"
    for each in (theirs, conn):
        await each.execute("SET client_encoding TO 'SJIS'")
        await each.execute("CREATE TEMP TABLE things (a text, b text)")
    query = "COPY things FROM STDIN"
    with pytest.raises(e.BadCopyFileFormat):
        async with theirs.cursor().copy(query) as their_copy:
            await their_copy.write_row((text, text))
    async with conn.cursor().copy(query) as copy:
        await copy.write_row((text, text))
    cursor = await conn.execute("TABLE things")
    assert await cursor.fetchall() == [(text, text)]


async def test_no_number_in_a_copy(conn: Ours, theirs: Theirs) -> None:
    query = "COPY (SELECT '1 day') TO STDOUT"
    async with conn.cursor().copy(query) as copy:
        copy.set_types(["float8"])
        with pytest.raises(ValueError, match="1 day"):
            await copy.read_row()
    if psycopg.pq.__impl__ != "python":
        async with theirs.cursor().copy(query) as their_copy:
            their_copy.set_types(["float8"])
            assert [row async for row in their_copy.rows()] == [(1.0,)]


@pytest.mark.usefixtures("two_phase")
async def test_failed_statement_before_tpc_prepare(conn: Ours, theirs: Theirs) -> None:
    for each in (theirs, conn):
        await each.tpc_begin("failed-before")
        with pytest.raises(e.DivisionByZero):
            await each.execute("SELECT 1 / 0")
    await theirs.tpc_prepare()
    with pytest.raises(e.UndefinedObject):
        await theirs.tpc_commit()
    await theirs.close()
    with pytest.raises(e.ProgrammingError, match="nothing was prepared"):
        await conn.tpc_prepare()
    await conn.tpc_rollback()


async def rows_of_iteration(cursor: Any) -> list[int]:
    """Return the numbers up to 6, by iteration, then by a fetch, then again."""
    found = []
    cursor.itersize = 2
    await cursor.execute("SELECT generate_series(1, 6)")
    async for (number,) in cursor:
        found.append(number)
        break
    found += [number for (number,) in await cursor.fetchmany(2)]
    async for (number,) in cursor:
        found.append(number)
        cursor.itersize = 3
    return found


async def test_itersize_changed(conn: Ours, theirs: Theirs) -> None:
    async with theirs.cursor("curs") as their_cursor:
        assert len(await rows_of_iteration(their_cursor)) < 6
    async with conn.cursor("curs") as cursor:
        assert await rows_of_iteration(cursor) == [1, 2, 3, 4, 5, 6]


async def test_scroll_from_the_end(conn: Ours, theirs: Theirs) -> None:
    async def last(cursor: Any) -> Any:
        await cursor.execute("SELECT generate_series(1, 3)")
        await cursor.fetchall()
        await cursor.scroll(-1)
        assert cursor.rownumber == 2
        return await cursor.fetchone()

    async with theirs.cursor("curs", scrollable=True) as their_cursor:
        assert await last(their_cursor) is None
    async with conn.cursor("curs", scrollable=True) as cursor:
        assert await last(cursor) == (3,)


async def test_negative_size(conn: Ours, theirs: Theirs) -> None:
    async with theirs.cursor("curs", scrollable=True) as their_cursor:
        await their_cursor.execute("SELECT generate_series(1, 3)")
        await their_cursor.fetchall()
        assert await their_cursor.fetchmany(-1) == [(3,)]
        assert their_cursor.rownumber == 4
    async with conn.cursor("curs", scrollable=True) as cursor:
        await cursor.execute("SELECT generate_series(1, 3)")
        with pytest.raises(ValueError, match="-1"):
            await cursor.fetchmany(-1)


async def test_executed_after_tpc_prepare(
    conn: Ours, theirs: Theirs, other: Ours
) -> None:
    await theirs.tpc_begin("their transaction")
    await theirs.execute("SELECT 1")
    await theirs.tpc_prepare()
    await theirs.execute("SELECT 1")
    with pytest.raises(e.ActiveSqlTransaction):
        await theirs.tpc_rollback()
    await theirs.close()
    await other.execute("ROLLBACK PREPARED 'their transaction'")
    await conn.tpc_begin("our transaction")
    await conn.execute("SELECT 1")
    await conn.tpc_prepare()
    with pytest.raises(e.ProgrammingError, match="two-phase"):
        await conn.execute("SELECT 1")
    await conn.tpc_rollback()


async def test_begun_on_the_handle(
    dsn: str, conn: Ours, caplog: pytest.LogCaptureFixture
) -> None:
    theirs = await psycopg.AsyncConnection.connect(dsn)
    with pytest.raises(ZeroDivisionError):
        async with theirs:
            theirs.pgconn.exec_(b"COPY (SELECT 1) TO STDOUT")
            raise ZeroDivisionError
    assert [record.name for record in caplog.records] == ["psycopg"]
    conn.pgconn.exec_(b"COPY (SELECT 1) TO STDOUT")
    await conn.rollback()
    assert conn.info.transaction_status == TransactionStatus.IDLE
    cur = await conn.execute("SELECT 1")
    assert await cur.fetchone() == (1,)


async def copied(conn: Ours | Theirs, value: Any) -> tuple[Any, ...] | None:
    """Return what a binary COPY stores of a value for a column of booleans."""
    await conn.execute("CREATE TEMP TABLE flags (v bool)")
    async with conn.cursor().copy("COPY flags FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["bool"])
        await copy.write_row((value,))
    return await (await conn.execute("SELECT v FROM flags")).fetchone()


async def test_values_copied(conn: Ours, theirs: Theirs) -> None:
    assert await copied(theirs, "f") == (True,)
    with pytest.raises(e.DataError):
        await copied(conn, "f")


async def test_own_copy(conn: Ours, theirs: Theirs) -> None:
    async with theirs.cursor().copy("COPY (SELECT 1) TO STDOUT") as copy:
        assert theirs.lock.locked()  # which execute() would wait for
        assert [row async for row in copy.rows()] == [("1",)]
    async with conn.cursor().copy("COPY (SELECT 1) TO STDOUT"):
        with pytest.raises(e.InterfaceError, match="same caller"):
            await conn.execute("SELECT 1")


async def listen(conn: Ours | Theirs, *payloads: str) -> None:
    await conn.execute("LISTEN differences")
    for payload in payloads:
        await conn.execute("SELECT pg_notify('differences', %s)", (payload,))
    await conn.commit()


async def test_use_while_listening(conn: Ours, theirs: Theirs) -> None:
    await listen(theirs, "a")
    found = theirs.notifies(timeout=60)
    assert (await anext(found)).payload == "a"
    assert theirs.lock.locked()
    await found.aclose()
    await listen(conn, "a")
    ours = conn.notifies(timeout=60)
    assert (await anext(ours)).payload == "a"
    assert await (await conn.execute("SELECT 1")).fetchone() == (1,)
    await ours.aclose()


async def test_stop_after(conn: Ours, theirs: Theirs) -> None:
    await listen(theirs, "a", "b")
    found = [n.payload async for n in theirs.notifies(timeout=60, stop_after=1)]
    assert found == ["a", "b"]
    await listen(conn, "a", "b")
    for expected in ("a", "b"):
        found = [n.payload async for n in conn.notifies(timeout=60, stop_after=1)]
        assert found == [expected]


async def test_handlers_and_notifies(conn: Ours, theirs: Theirs) -> None:
    seen: list[str] = []
    theirs.add_notify_handler(lambda n: seen.append(n.payload))
    with pytest.warns(RuntimeWarning, match="handlers"):
        assert [n async for n in theirs.notifies(timeout=0)] == []
    conn.add_notify_handler(lambda n: seen.append(n.payload))
    assert [n async for n in conn.notifies(timeout=0)] == []


async def test_text_of_a_closed_connection(conn: Ours, theirs: Theirs) -> None:
    await theirs.close()
    assert "[BAD]" in str(theirs)
    await conn.close()
    assert "[CLOSED]" in str(conn)


async def test_savepoint_that_cannot_be_released(conn: Ours, theirs: Theirs) -> None:
    async def end(conn: Ours | Theirs) -> TransactionStatus:
        async with conn.transaction():
            with pytest.raises(e.InFailedSqlTransaction):
                async with conn.transaction():
                    with pytest.raises(e.DivisionByZero):
                        await conn.execute("SELECT 1 / 0")
            return conn.info.transaction_status

    assert await end(theirs) == TransactionStatus.INERROR
    assert await end(conn) == TransactionStatus.INTRANS


async def test_nothing_to_commit_in_a_pipeline(conn: Ours, theirs: Theirs) -> None:
    async def warned(conn: Ours | Theirs) -> list[str | None]:
        notices: list[str | None] = []
        conn.add_notice_handler(lambda notice: notices.append(notice.sqlstate))
        await conn.set_autocommit(True)
        async with conn.pipeline():
            await conn.execute("SELECT 1")
            await conn.commit()
        return notices

    assert await warned(theirs) == ["25P01"]
    assert await warned(conn) == []


async def test_many_of_nothing(conn: Ours, theirs: Theirs) -> None:
    async def left(conn: Ours | Theirs) -> Any:
        cur = conn.cursor()
        async with conn.pipeline():
            await cur.execute("SELECT 1")
            await cur.executemany("SELECT %s", [], returning=True)
        return cur.pgresult

    assert await left(theirs) is not None
    assert await left(conn) is None


async def test_many_that_failed(conn: Ours, theirs: Theirs) -> None:
    their_cursor = theirs.cursor()
    with pytest.raises(e.DivisionByZero):
        await their_cursor.executemany("SELECT 10 / %s", [(2,), (0,)], returning=True)
    assert [each.rowcount async for each in their_cursor.results()] == [1]
    assert await their_cursor.fetchall() == [(5,)]
    cursor = conn.cursor()
    with pytest.raises(e.DivisionByZero):
        await cursor.executemany("SELECT 10 / %s", [(2,), (0,)], returning=True)
    assert cursor.rowcount == -1
    assert [each.rowcount async for each in cursor.results()] == []
    with pytest.raises(e.ProgrammingError, match="no result"):
        await cursor.fetchall()


async def test_none_prepared(conn: Ours, theirs: Theirs) -> None:
    for each in theirs, conn:
        each.prepare_threshold = each.prepared_max = 0
    with pytest.raises(e.SyntaxError, match="multiple commands"):
        await theirs.execute("SELECT 1; SELECT 2")
    cur = await conn.execute("SELECT 1; SELECT 2")
    assert [await each.fetchall() async for each in cur.results()] == [[(1,)], [(2,)]]


async def test_block_after_statements_of_a_pipeline(conn: Ours, theirs: Theirs) -> None:
    async def stored(conn: Ours | Theirs) -> list[Any]:
        await conn.set_autocommit(True)
        await conn.execute("CREATE TEMP TABLE numbers (n int)")
        async with conn.pipeline():
            cur = await conn.execute("INSERT INTO numbers VALUES (1) RETURNING n")
            await cur.fetchall()
            async with conn.transaction(force_rollback=True):
                await conn.execute("INSERT INTO numbers VALUES (2)")
        return await (await conn.execute("SELECT n FROM numbers")).fetchall()

    assert await stored(theirs) == []
    assert await stored(conn) == [(1,)]


async def test_rollback_of_an_error_in_a_pipeline(
    conn: Ours, theirs: Theirs, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(e.DivisionByZero):
        async with theirs.pipeline():
            await theirs.execute("SELECT 1 / 0")
            await theirs.rollback()
    caplog.set_level(logging.INFO, "pgtwin")
    async with conn.pipeline():
        await conn.execute("SELECT 1 / 0")
        await conn.rollback()
    assert "division by zero" in caplog.text
    assert conn.info.transaction_status == TransactionStatus.IDLE


async def test_characteristics_in_a_block(conn: Ours, theirs: Theirs) -> None:
    async with theirs.transaction():
        await theirs.execute("ROLLBACK")
        await theirs.set_read_only(True)
    async with conn.transaction():
        await conn.execute("ROLLBACK")
        with pytest.raises(e.ProgrammingError, match="inside a transaction"):
            await conn.set_read_only(True)


async def test_two_phases_in_a_block(conn: Ours, theirs: Theirs) -> None:
    async with theirs.transaction():
        await theirs.execute("ROLLBACK")
        await theirs.tpc_begin("in-a-block")
    # The block has ended it.
    assert theirs.info.transaction_status == TransactionStatus.IDLE
    await theirs.tpc_prepare()
    with pytest.raises(e.UndefinedObject):
        await theirs.tpc_commit()
    await theirs.close()
    async with conn.transaction():
        await conn.execute("ROLLBACK")
        with pytest.raises(e.ProgrammingError, match="inside a transaction"):
            await conn.tpc_begin("in-a-block")
    assert conn.info.transaction_status == TransactionStatus.IDLE


async def test_settings_between_fetches(conn: Ours, theirs: Theirs) -> None:
    async def second(conn: Ours | Theirs) -> Any:
        async with conn.cursor("curs") as cursor:
            await cursor.execute("SELECT '2024-02-03'::date FROM generate_series(1, 2)")
            await cursor.fetchone()
            await conn.execute("SET DateStyle TO 'SQL, DMY'")
            return await cursor.fetchone()

    with pytest.raises(e.DataError):
        await second(theirs)
    assert await second(conn) == (dt.date(2024, 2, 3),)


async def test_settings_of_a_cursor_used_again(conn: Ours, theirs: Theirs) -> None:
    async def second(conn: Ours | Theirs) -> Any:
        cur = conn.cursor()
        for style in "ISO, MDY", "SQL, DMY":
            await conn.execute(f"SET DateStyle TO '{style}'".encode())
            await cur.execute("SELECT '2024-03-02 04:05:06'::timestamp")
            row = await cur.fetchone()
        return row

    with pytest.raises(e.DataError):
        await second(theirs)
    assert await second(conn) == (dt.datetime(2024, 3, 2, 4, 5, 6),)


async def test_many_after_a_stream(conn: Ours, theirs: Theirs) -> None:
    async def store(conn: Ours | Theirs) -> int:
        conn.prepare_threshold = None
        cur = conn.cursor()
        assert [row async for row in cur.stream("SELECT 1")] == [(1,)]
        await cur.executemany("SELECT %s", [(1,), (2,)])
        return cur.rowcount

    with pytest.raises(e.InternalError, match="SINGLE_TUPLE"):
        await store(theirs)
    assert await store(conn) == 2


async def test_connection_left_in_a_pipeline(dsn: str, other: Ours) -> None:
    await other.set_autocommit(True)
    await other.execute("DROP TABLE IF EXISTS kept; CREATE TABLE kept (who text)")

    async def store(conn: Ours | Theirs, who: str) -> None:
        await conn.set_autocommit(True)
        async with conn.pipeline():
            query = "INSERT INTO kept VALUES (%s) RETURNING who"
            await conn.cursor().executemany(query, [(who,)], returning=True)
            async with conn:
                pass

    with contextlib.suppress(e.OperationalError):
        await store(await psycopg.AsyncConnection.connect(dsn), "theirs")
    with contextlib.suppress(e.OperationalError):
        await store(await pgtwin.AsyncConnection.connect(dsn), "ours")
    cur = await other.execute("SELECT who FROM kept")
    assert await cur.fetchall() == [("ours",)]
    await other.execute("DROP TABLE kept")


async def test_binary_results_of_nothing(conn: Ours, theirs: Theirs) -> None:
    their_cursor = psycopg.AsyncClientCursor(theirs)
    their_cursor.format = Format.BINARY
    await their_cursor.executemany("SELECT %s", [])
    cursor = pgtwin.AsyncClientCursor(conn)
    cursor.format = Format.BINARY
    with pytest.raises(e.NotSupportedError, match="binary"):
        await cursor.executemany("SELECT %s", [])


async def test_executed_when_closed(conn: Ours, theirs: Theirs) -> None:
    for each in theirs, conn:
        cur = await each.execute("SELECT 1")
        await each.close()
        with pytest.raises(e.OperationalError, match="closed"):
            await cur.execute("SELECT 2")
        if each is theirs:
            assert await cur.fetchall() == [(1,)]
        else:
            with pytest.raises(e.ProgrammingError, match="no result"):
                await cur.fetchall()


async def test_status_of_a_copy(conn: Ours, theirs: Theirs) -> None:
    async def told(conn: Ours | Theirs) -> str | None:
        cur = conn.cursor()
        async with cur.copy("COPY (SELECT 1) TO STDOUT") as copy:
            assert [bytes(data) async for data in copy] == [b"1\n"]
        return cur.statusmessage

    assert await told(theirs) is None
    assert await told(conn) == "COPY 1"


async def test_copy_that_is_left(conn: Ours, theirs: Theirs) -> None:
    query = "COPY (SELECT generate_series(1, 100000)) TO STDOUT"
    async with theirs.cursor().copy(query):
        pass
    assert theirs.info.transaction_status == TransactionStatus.ACTIVE
    await theirs.close()
    async with conn.cursor().copy(query):
        pass
    assert conn.info.transaction_status == TransactionStatus.INERROR
    await conn.rollback()


async def test_block_of_a_connection_in_another(conn: Ours, theirs: Theirs) -> None:
    async def leave(conn: Ours | Theirs) -> None:
        async with conn.transaction():
            with pytest.raises(e.ProgrammingError):
                async with conn:
                    pass

    await leave(theirs)
    assert not theirs.closed
    await leave(conn)
    assert conn.closed


async def test_server_cursor_in_a_pipeline(conn: Ours, theirs: Theirs) -> None:
    for each in theirs, conn:
        async with each.cursor("curs") as cursor, each.pipeline():
            with pytest.raises(e.NotSupportedError, match="pipeline"):
                await cursor.execute("SELECT 1")


async def test_negative_size_of_a_result(conn: Ours, theirs: Theirs) -> None:
    their_cursor = await theirs.execute("SELECT generate_series(1, 3)")
    await their_cursor.fetchone()
    with pytest.raises((SystemError, e.InterfaceError)):
        await their_cursor.fetchmany(-1)
    cursor = await conn.execute("SELECT generate_series(1, 3)")
    await cursor.fetchone()
    with pytest.raises(e.InterfaceError, match="-1"):
        await cursor.fetchmany(-1)
    assert await cursor.fetchall() == [(2,), (3,)]


async def test_text_of_copy_in_sql_ascii(conn: Ours, theirs: Theirs) -> None:
    async def stored(copying: Any, by_row: bool) -> Any:
        await copying.execute("SET client_encoding TO 'SQL_ASCII'")
        await copying.execute("CREATE TEMP TABLE texts (t text)")
        async with copying.cursor().copy("COPY texts FROM STDIN") as copy:
            if by_row:
                await copy.write_row(("\xe9",))
            else:
                await copy.write("\xe9\n")
        cur = await copying.execute("SELECT convert_to(t, 'UTF8') FROM texts")
        row = await cur.fetchone()
        await copying.rollback()
        return bytes(row[0])

    assert await stored(theirs, True) == b"\xc3\xa9"
    with pytest.raises(UnicodeEncodeError):
        await stored(theirs, False)
    for by_row in (True, False):
        assert await stored(conn, by_row) == b"\xc3\xa9"


async def test_block_of_a_lost_connection(conn: Ours, theirs: Theirs) -> None:
    query = "SELECT pg_terminate_backend(pg_backend_pid())"
    async with theirs.transaction():
        with pytest.raises(e.AdminShutdown):
            await theirs.execute(query)
    with pytest.raises(e.OperationalError, match="lost"):
        async with conn.transaction():
            with pytest.raises(e.AdminShutdown):
                await conn.execute(query)


class TwiceDumper(Dumper):
    """Dumps twice the number."""

    oid = psycopg.adapters.types["int8"].oid

    def dump(self, obj: int) -> bytes:
        return b"%d" % (2 * obj)


async def test_dumper_for_the_same_query(conn: Ours, theirs: Theirs) -> None:
    async def dumped(cursor: Any) -> tuple[Any, ...] | None:
        query = "SELECT %s"
        await cursor.execute(query, (5,))
        cursor.adapters.register_dumper(int, TwiceDumper)
        await cursor.execute(query, (5,))
        row: tuple[Any, ...] | None = await cursor.fetchone()
        return row

    assert await dumped(theirs.cursor()) == (5,)
    assert await dumped(conn.cursor()) == (10,)
