"""What users are given who call the functions of a twin from threads of their own."""

from __future__ import annotations

import threading
import types

import pytest

from support.program_runner import FOLDER, load, twin_of


@pytest.fixture(scope="module")
def twin() -> types.ModuleType:
    code = (FOLDER / "turns_plain_functions.py").read_text(encoding="utf-8")
    return load(twin_of(code, tasks="turns"), "plain_functions_for_users")


def test_future_of_gather_is_waited_for(twin: types.ModuleType) -> None:
    assert twin.Jobs().many(1, 2) == [1, 2]


def test_what_is_said_to_be_an_awaitable_is_waited_for(twin: types.ModuleType) -> None:
    jobs = twin.Jobs()
    assert [jobs.kept(3), jobs.kept(3)] == [3, 3]
    assert jobs.collect([4, 5]) == [4, 5]


def test_override_of_a_coroutine_function_gives_its_result(
    twin: types.ModuleType,
) -> None:
    assert twin.Started().one(6) == 6
    assert twin.Started().many(7) == [7]


def test_threads_share_a_loop(twin: types.ModuleType) -> None:
    jobs, found = twin.Jobs(), []
    threads = [
        threading.Thread(target=lambda x=x: found.append(jobs.kept(x % 2)))
        for x in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(found) == [0, 0, 0, 0, 1, 1, 1, 1]


def test_functions_of_a_twin_that_is_being_imported() -> None:
    code = """
import asyncio


def plain(): ...


is_coroutine_function = asyncio.iscoroutinefunction(plain)  # nothing is marked yet


async def wait(): ...
"""
    found = load(twin_of(code, tasks="turns"), "a_twin_that_asks_early")
    assert found.is_coroutine_function is False
