"""A walk through procrastinate: jobs deferred, done, tried again, waited for."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator
from typing import Any

import procrastinate
import psycopg
import psycopg_pool
import pytest
from procrastinate import exceptions, types


async def reset() -> None:
    async with await psycopg.AsyncConnection.connect(autocommit=True) as conn:
        await conn.execute("DROP SCHEMA IF EXISTS jobs CASCADE; CREATE SCHEMA jobs")


SETTINGS: dict[str, Any] = {"options": "-c search_path=jobs,public"}


@pytest.fixture(params=["pool", "null pool"])
async def app(request: Any) -> AsyncIterator[procrastinate.App]:
    await reset()
    factory: Any = psycopg_pool.AsyncConnectionPool
    sizes = {"min_size": 1, "max_size": 4}
    if request.param == "null pool":
        factory = psycopg_pool.AsyncNullConnectionPool
        sizes = {"min_size": 0, "max_size": 4}
    connector = procrastinate.PsycopgConnector(
        kwargs=SETTINGS, pool_factory=factory, **sizes
    )
    app = procrastinate.App(connector=connector)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        yield app


async def states(app: procrastinate.App) -> list[str]:
    jobs = await app.job_manager.list_jobs_async()
    return sorted(str(job.status) for job in jobs)


async def test_done(app: procrastinate.App) -> None:
    seen = []

    @app.task(name="note")
    async def note(**values: Any) -> None:
        seen.append(values)

    @app.task(name="block")
    def block(number: int) -> None:
        seen.append({"number": number})

    await note.defer_async(text="ä", nested={"list": [1, None, True]})
    await block.defer_async(number=2)
    await note.batch_defer_async({"a": 1}, {"a": 2})
    await app.run_worker_async(wait=False)
    assert len(seen) == 4
    assert {"text": "ä", "nested": {"list": [1, None, True]}} in seen
    assert await states(app) == ["succeeded"] * 4


async def test_failed_and_tried_again(app: procrastinate.App) -> None:
    attempts = []

    @app.task(name="fails", retry=procrastinate.RetryStrategy(max_attempts=2))
    async def fails() -> None:
        attempts.append(1)
        raise ValueError("mine")

    await fails.defer_async()
    await app.run_worker_async(wait=False)
    await app.run_worker_async(wait=False)
    assert len(attempts) >= 2
    assert await states(app) == ["failed"]


async def test_later_and_locks(app: procrastinate.App) -> None:
    @app.task(name="later")
    async def later() -> None:
        pass

    await later.configure(
        schedule_in={"hours": 1}, lock="one", queueing_lock="only"
    ).defer_async()
    with pytest.raises(exceptions.AlreadyEnqueued):
        await later.configure(queueing_lock="only").defer_async()
    await app.run_worker_async(wait=False)
    (job,) = await app.job_manager.list_jobs_async()
    assert job.status == "todo"
    assert isinstance(job.scheduled_at, datetime.datetime)
    assert job.scheduled_at.tzinfo is not None


async def test_cancelled(app: procrastinate.App) -> None:
    @app.task(name="never")
    async def never() -> None:
        raise AssertionError("was executed")

    job_id = await never.defer_async()
    assert await app.job_manager.cancel_job_by_id_async(job_id)
    await app.run_worker_async(wait=False)
    assert await states(app) == ["cancelled"]


async def test_notified(app: procrastinate.App) -> None:
    done = asyncio.Event()

    @app.task(name="told")
    async def told() -> None:
        done.set()

    worker = asyncio.create_task(
        app.run_worker_async(
            fetch_job_polling_interval=3600,
            install_signal_handlers=False,
            listen_notify=True,
        )
    )
    try:
        while True:
            async with await psycopg.AsyncConnection.connect() as conn:
                cur = await conn.execute(
                    "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
                )
                if await cur.fetchone():
                    break
        await told.defer_async()
        await asyncio.wait_for(done.wait(), 60)
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


async def test_with_a_connection_of_the_callers(app: procrastinate.App) -> None:
    @app.task(name="inside")
    async def inside() -> None:
        pass

    connector: Any = app.connector
    async with await psycopg.AsyncConnection.connect(**SETTINGS) as conn:
        try:
            async with conn.transaction():
                await inside.configure(connection=conn).defer_async()
                raise ValueError("mine")
        except ValueError:
            pass
        assert await states(app) == []
        async with conn.transaction():
            await inside.configure(connection=conn).defer_async()
    assert await states(app) == ["todo"]
    assert connector.pool.get_stats()["requests_num"] > 0


async def test_errors(app: procrastinate.App) -> None:
    connector: Any = app.connector
    with pytest.raises(exceptions.ConnectorException) as caught:
        await connector.execute_query_async("SELECT 1 / 0")
    assert isinstance(caught.value.__cause__, psycopg.errors.DivisionByZero)
    with pytest.raises(exceptions.NoResult):
        await connector.execute_query_one_async("SELECT 1 WHERE false")


async def test_json_functions() -> None:
    import json

    await reset()
    connector = procrastinate.PsycopgConnector(
        kwargs=SETTINGS,
        min_size=1,
        json_dumps=lambda value: json.dumps({"in": value}),
        json_loads=lambda text: json.loads(text)["in"],
    )
    await connector.open_async()
    try:
        found = await connector.execute_query_all_async(
            "SELECT %(value)s::jsonb AS value", value={"a": [1]}
        )
        assert found == [{"value": {"a": [1]}}]
    finally:
        await connector.close_async()


def test_sync_connector() -> None:
    asyncio.run(reset())
    connector = procrastinate.SyncPsycopgConnector(kwargs=SETTINGS, min_size=1)
    app = procrastinate.App(connector=connector)
    app.open()
    try:
        app.schema_manager.apply_schema()

        @app.task(name="plain")
        def plain(number: int) -> None:
            pass

        job_id = plain.defer(number=1)
        assert isinstance(job_id, int)
        jobs = list(app.job_manager.list_jobs())
        assert [job.task_kwargs for job in jobs] == [{"number": 1}]
        arguments: types.JSONDict = {"number": 2}
        assert plain.configure(queue="other").defer(**arguments) > job_id
    finally:
        app.close()
