"""Many connections and killed sessions, in short; `nox -s trust` at length."""

from __future__ import annotations

from tests.aio.support.killed_sessions import share, work_under_fire


async def test_killed_at_random(dsn: str) -> None:
    load = await work_under_fire(dsn, workers=12, seconds=2, pause=0.05, enough=100)
    assert not load.wrong
    assert sum(load.done) > 100
    assert 0 < sum(load.lost) <= sum(load.killed)


async def test_shared_connection(dsn: str) -> None:
    assert await share(dsn, users=12, times=15) == 12 * 15
