# tasks: turns
# strings: pytest.MonkeyPatch.setattr
# strings: unittest.mock.patch
import asyncio
from asyncio import wait_for
from unittest import mock


async def again(call):
    await asyncio.sleep(1)
    return await wait_for(call(), 1)


def start(call):
    return asyncio.ensure_future(asyncio.sleep(1))


def test(monkeypatch):
    monkeypatch.setattr("asyncio.sleep", None)
    with mock.patch("source.asyncio.ensure_future"):
        pass
# ---- twin ----
# tasks: turns
# strings: pytest.MonkeyPatch.setattr
# strings: unittest.mock.patch
from unittest import mock

import twin_runtime.turns.task_creation
import twin_runtime.turns.waiting
from twin_runtime.turns.dynamic_calls import awaited, deferred, later
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.waiting import wait_for as _wait_for


@entry
def again(call):
    awaited(twin_runtime.turns.waiting.sleep, 1)
    return _wait_for(deferred(call), 1)


def start(call):
    return twin_runtime.turns.task_creation.ensure_future(
        later(twin_runtime.turns.waiting.sleep, 1)
    )


def test(monkeypatch):
    monkeypatch.setattr("twin_runtime.turns.waiting.sleep", None)
    with mock.patch("twin_runtime.turns.task_creation.ensure_future"):
        pass
