"""Query hooks: told of every statement, its duration, rows and error."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from typing import Any

import pytest

import pgtwin
from pgtwin import QueryEvent, errors as e
from pgtwin.sql import SQL, Identifier

# Seconds by which clocks may differ.
EARLY = 0.02


async def test_events_of_query_hooks(conn: pgtwin.AsyncConnection[Any]) -> None:
    events: list[QueryEvent] = []
    conn.add_query_hook(events.append)
    before = time.time()
    await conn.execute("SELECT generate_series(1, %s)", (3,))
    await conn.execute("CREATE TEMP TABLE things (id int)")
    await conn.execute("INSERT INTO things VALUES (1), (2)")
    await conn.commit()
    found = [(event.query, event.rowcount) for event in events]
    assert found == [
        ("BEGIN", -1),
        ("SELECT generate_series(1, %s)", 3),
        ("CREATE TEMP TABLE things (id int)", -1),
        ("INSERT INTO things VALUES (1), (2)", 2),
        ("COMMIT", -1),
    ]
    for event in events:
        assert event.error is None
        assert event.duration > 0
        assert before - 1 < event.started < time.time() + 1


async def test_duration(conn: pgtwin.AsyncConnection[Any]) -> None:
    events: list[QueryEvent] = []
    conn.add_query_hook(events.append)
    before = time.monotonic()
    await conn.execute("SELECT pg_sleep(0.3)")
    begin, query = events
    assert begin.query == "BEGIN"
    assert 0.25 < query.duration < time.monotonic() - before + EARLY


async def test_error(other: pgtwin.AsyncConnection[Any]) -> None:
    events: list[QueryEvent] = []
    other.add_query_hook(events.append)
    with pytest.raises(e.DivisionByZero) as caught:
        await other.execute("SELECT 1/0")
    with pytest.raises(pgtwin.OperationTimeout):
        await other.execute("SELECT pg_sleep(120)", timeout=0.2)
    with pytest.raises(e.ProgrammingError):
        await other.execute("SELECT %s", ())
    division, sleep = events  # the last one never was a statement
    assert division.error is caught.value
    assert isinstance(sleep.error, TimeoutError)


async def test_no_values(other: pgtwin.AsyncConnection[Any]) -> None:
    events: list[QueryEvent] = []
    other.add_query_hook(events.append)
    await other.execute("SELECT %(name)s", {"name": "secret"})
    await pgtwin.AsyncClientCursor(other).execute("SELECT %s", ("secret",))
    await pgtwin.AsyncRawCursor(other).execute("SELECT $1", ("secret",))
    await other.execute(SQL("SELECT %s AS {}").format(Identifier("x")), ("secret",))
    await other.execute(b"SELECT %s", ("secret",))
    assert [event.query for event in events] == [
        "SELECT %(name)s",
        "SELECT %s",
        "SELECT $1",
        'SELECT %s AS "x"',
        "SELECT %s",
    ]


async def test_every_way_to_execute_is_told_to_hooks(
    conn: pgtwin.AsyncConnection[Any],
) -> None:
    events: list[QueryEvent] = []
    conn.add_query_hook(events.append)
    await conn.cursor().executemany("SELECT %s", [(1,), (2,)])
    async for _ in conn.cursor().stream("SELECT generate_series(1, 5)"):
        pass
    async with conn.cursor("curs") as cur:
        await cur.execute("SELECT 7")
        await cur.fetchall()
    async with conn.transaction("point"):
        pass
    queries = [event.query for event in events]
    for query in ("SELECT %s", "SELECT 7", 'FETCH FORWARD ALL FROM "curs"'):
        assert query in queries
    assert 'RELEASE "point"' in queries
    (stream,) = [event for event in events if "series" in event.query]
    assert stream.rowcount == 5


async def test_executemany(other: pgtwin.AsyncConnection[Any]) -> None:
    events: list[QueryEvent] = []
    await other.execute("CREATE TEMP TABLE things (id int CHECK (id < 100))")
    other.add_query_hook(events.append)
    cur = other.cursor()
    insert = "INSERT INTO things SELECT generate_series(1, %s)"
    await cur.executemany(insert, [(2,), (3,)])
    await cur.executemany(insert, [])
    await cur.executemany(insert + " RETURNING id", [(4,), (5,)], returning=True)
    with pytest.raises(e.CheckViolation) as caught:
        await cur.executemany(insert, [(1,), (100,), (1,)])
    with pytest.raises(e.ProgrammingError) as wrong:
        await cur.executemany(insert, [(1,), (1, 2)])
    assert [(event.query, event.rowcount, event.error) for event in events] == [
        (insert, 5, None),
        (insert, 0, None),
        (insert + " RETURNING id", 9, None),
        (insert, -1, caught.value),
        (insert, -1, wrong.value),
    ]


async def test_pipeline(conn: pgtwin.AsyncConnection[Any]) -> None:
    events: list[QueryEvent] = []
    conn.add_query_hook(events.append)
    before = time.monotonic()
    async with conn.pipeline() as pipeline:
        await conn.execute("SELECT generate_series(1, %s)", (3,))
        cur = await conn.execute("SELECT pg_sleep(0.3)")
        await conn.cursor().executemany("SELECT %s", [(1,), (2,)])
        assert not events  # their results have not arrived
        await cur.fetchone()
        begin, series, sleep = events[:3]
        elapsed = time.monotonic() - before
        await pipeline.sync()
        many = events[3]
        with pytest.raises(e.DivisionByZero) as caught:
            await (await conn.execute("SELECT 1 / %s", (0,))).fetchone()
        aborted = await conn.execute("SELECT 5")
        with pytest.raises(e.PipelineAborted):
            await aborted.fetchone()
    assert (begin.query, begin.error) == ("BEGIN", None)
    assert (series.query, series.rowcount) == ("SELECT generate_series(1, %s)", 3)
    assert 0.25 < sleep.duration < elapsed + EARLY
    assert (many.query, many.rowcount, many.error) == ("SELECT %s", 2, None)
    division, later = events[4:6]
    assert division.error is caught.value
    assert later.query == "SELECT 5"
    assert isinstance(later.error, e.PipelineAborted)


async def test_pipeline_interrupted(other: pgtwin.AsyncConnection[Any]) -> None:
    events: list[QueryEvent] = []
    other.add_query_hook(events.append)
    async with other.pipeline() as pipeline:
        await other.execute("SELECT pg_sleep(120)")
        await other.cursor().executemany("SELECT %s", [(1,), (2,)])
        with pytest.raises(pgtwin.OperationTimeout) as caught:
            await pipeline.sync(timeout=0.3)
    assert [(event.query, event.error) for event in events] == [
        ("SELECT pg_sleep(120)", caught.value),
        ("SELECT %s", caught.value),
    ]


async def test_copy(other: pgtwin.AsyncConnection[Any]) -> None:
    events: list[QueryEvent] = []
    await other.execute("CREATE TEMP TABLE things (id int)")
    other.add_query_hook(events.append)
    cur = other.cursor()
    before = time.monotonic()
    async with cur.copy("COPY things FROM STDIN") as copy:
        await copy.write_rows([(1,), (2,), (3,)])
        assert not events
        await asyncio.sleep(0.3)
    elapsed = time.monotonic() - before
    named = SQL("COPY {} TO STDOUT").format(Identifier("things"))
    async with cur.copy(named) as copy:
        assert len([row async for row in copy.rows()]) == 3
    async with cur.copy(named) as copy:
        await copy.read()
    failure = RuntimeError("of the caller")
    with pytest.raises(RuntimeError, match="of the caller"):
        async with cur.copy("COPY things FROM STDIN"):
            raise failure
    with pytest.raises(e.UndefinedTable) as caught:
        async with cur.copy("COPY nowhere FROM STDIN"):
            pytest.fail("a COPY into nowhere")
    assert [(event.query, event.rowcount, event.error) for event in events] == [
        ("COPY things FROM STDIN", 3, None),
        ('COPY "things" TO STDOUT', 3, None),
        ('COPY "things" TO STDOUT', -1, None),
        ("COPY things FROM STDIN", -1, failure),
        ("COPY nowhere FROM STDIN", -1, caught.value),
    ]
    assert 0.25 < events[0].duration < elapsed + EARLY


async def test_copy_records(other: pgtwin.AsyncConnection[Any]) -> None:
    events: list[QueryEvent] = []
    await other.execute("CREATE TEMP TABLE things (id int)")
    other.add_query_hook(events.append)
    await other.copy_records("things", ["id"], [(1,), (2,)])
    columns, copy = events  # what the driver asks by itself, and the COPY
    assert "pg_attribute" in columns.query
    assert (copy.rowcount, copy.error) == (2, None)
    assert copy.query.startswith('COPY "things" ("id") FROM STDIN')


async def test_left_stream_is_no_error(other: pgtwin.AsyncConnection[Any]) -> None:
    events: list[QueryEvent] = []
    other.add_query_hook(events.append)
    stream = other.cursor().stream("SELECT generate_series(1, 100000)")
    await anext_of(stream)
    await stream.aclose()
    (event,) = events
    assert event.error is None


async def anext_of(stream: Any) -> Any:
    async for row in stream:
        return row
    return None


async def test_prepared(other: pgtwin.AsyncConnection[Any]) -> None:
    events: list[QueryEvent] = []
    other.add_query_hook(events.append)
    for _ in range(2):
        await other.execute("SELECT %s", (1,), prepare=True)
    assert [event.query for event in events] == ["SELECT %s"] * 2


async def test_removed_query_hook(other: pgtwin.AsyncConnection[Any]) -> None:
    events: list[QueryEvent] = []
    more: list[QueryEvent] = []
    # A bound method is not the same object twice, but it is equal.
    other.add_query_hook(events.append)
    other.add_query_hook(more.append)
    await other.execute("SELECT 1")
    other.remove_query_hook(events.append)
    await other.execute("SELECT 2")
    other.remove_query_hook(more.append)
    await other.execute("SELECT 3")
    assert [event.query for event in events] == ["SELECT 1"]
    assert [event.query for event in more] == ["SELECT 1", "SELECT 2"]
    with pytest.raises(ValueError, match="not in list"):
        other.remove_query_hook(more.append)


async def test_failing_hook(
    other: pgtwin.AsyncConnection[Any], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(event: QueryEvent) -> None:
        raise RuntimeError("of the hook")

    other.add_query_hook(fail)
    cur = await other.execute("SELECT 1")
    assert await cur.fetchone() == (1,)
    assert "of the hook" in caplog.text


@pytest.mark.parametrize("pipelined", [False, True])
async def test_prepared_statement_that_is_executed_again_is_told(
    other: pgtwin.AsyncConnection[Any], pipelined: bool
) -> None:
    other.prepare_threshold = 1
    for _ in range(3):
        await other.execute("SELECT %s::int", (1,))
    events: list[QueryEvent] = []
    other.add_query_hook(events.append)
    async with AsyncExitStack() as stack:
        if pipelined:
            await stack.enter_async_context(other.pipeline())
        for _ in range(3):
            await other.execute("SELECT %s::int", (1,))
    found = [(event.query, event.rowcount) for event in events]
    assert found == [("SELECT %s::int", 1)] * 3
    other.remove_query_hook(events.append)
    await other.execute("SELECT %s::int", (1,))
    assert len(events) == 3


@pytest.mark.parametrize("pipelined", [False, True])
@pytest.mark.parametrize("returning", [False, True])
async def test_error_of_executemany(
    other: pgtwin.AsyncConnection[Any], returning: bool, pipelined: bool
) -> None:
    events: list[QueryEvent] = []
    other.add_query_hook(events.append)
    query = "SELECT 1 / %s::int"
    with pytest.raises(e.DivisionByZero) as caught:
        async with AsyncExitStack() as stack:
            if pipelined:
                await stack.enter_async_context(other.pipeline())
            await other.cursor().executemany(query, [(1,), (0,)], returning=returning)
    (event,) = [each for each in events if each.query == query]
    assert event.error is caught.value
