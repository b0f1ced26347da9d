"""Who has the turn while a library with a sync form waits, and what it calls back.

That other tasks go on is shown by `programs/with_websockets_in_tasks.py`.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from twingen.analysis.symbols.library_tables import built_in_libraries
from twingen.runtime.turns.blocking_calls import blocking
from twingen.runtime.turns.dynamic_calls import awaited, later
from twingen.runtime.turns.entry_points import entry, guarded
from twingen.runtime.turns.exceptions import CancelledError
from twingen.runtime.turns.function_kinds import coroutine
from twingen.runtime.turns.generators import generator
from twingen.runtime.turns.library_functions import LIBRARIES, is_of_library
from twingen.runtime.turns.library_waits import (
    blocking_each,
    blocking_entering,
    blocking_opening,
    each_of,
    entering,
    opening,
)
from twingen.runtime.turns.locks import Lock
from twingen.runtime.turns.runners import run
from twingen.runtime.turns.tasks import current_task
from twingen.runtime.turns.thread_state import here
from twingen.runtime.turns.waiting import sleep

httpx: Any = pytest.importorskip("httpx")


def has_turn(*_: Any) -> bool:
    return here.loop is not None


def whose_turn() -> str | None:
    """Return the name of the task that has the turn."""
    task = current_task() if has_turn() else None
    return task.get_name() if task is not None else None


def in_task(function: Callable[[], Any]) -> Any:
    """Call a function in a task, which must have the turn after it."""

    @coroutine
    def main() -> Any:
        try:
            return function()
        finally:
            assert has_turn()

    return run(later(main))


def client_of(answer: Callable[[], Any]) -> Any:
    """Return a client of httpx that is answered with what a function returns."""
    answered = httpx.MockTransport(lambda _: httpx.Response(200, text=str(answer())))
    return httpx.Client(transport=answered)


def text_of(client: Any, **options: Any) -> str:
    return awaited(client.get, "http://x/", **options).text  # type: ignore[no-any-return]


def test_libraries_are_those_of_the_tables() -> None:
    rows = built_in_libraries("turns").rows.values()
    twins = {row.becomes.partition(".")[0] for row in rows if "." in row.becomes}
    with_async = {"httpx", "httpcore", "psycopg", "redis", "sqlalchemy", "websockets"}
    assert with_async <= LIBRARIES
    assert twins - set(sys.stdlib_module_names) - {"pytest", "twingen"} <= LIBRARIES
    assert LIBRARIES - {"_io"} <= twins


def test_methods_of_libraries_have_no_turn() -> None:
    assert in_task(lambda: text_of(client_of(has_turn))) == "False"


def test_functions_of_users_keep_the_turn() -> None:
    class Client(httpx.Client):  # type: ignore[misc]
        def get(self, *args: Any, **kwargs: Any) -> Any:
            return has_turn()

    assert in_task(lambda: awaited(has_turn))
    assert in_task(lambda: awaited(Client().get, "http://x/"))
    assert not is_of_library(print)
    assert not is_of_library([].append)
    assert is_of_library(io.BytesIO(b"").read)
    assert is_of_library(httpx.Client().get)


def test_functions_given_to_libraries_keep_the_turn() -> None:
    def read() -> str:
        return text_of(client_of(has_turn), auth=lambda request: request)

    def stream() -> str:
        client = client_of(has_turn)
        asked = opening(client.stream, "GET", "http://x/", auth=lambda request: request)
        with asked as response:
            return "".join(response.iter_text())

    assert in_task(read) == in_task(stream) == "True"


def test_what_libraries_call_back_is_in_its_task() -> None:
    @entry
    def whose() -> Any:
        sleep(0)
        return whose_turn()

    @guarded
    def plain() -> Any:
        return whose_turn()

    @generator
    def values() -> Iterator[Any]:
        yield whose()
        sleep(0)
        yield whose()

    def main() -> list[str]:
        name = whose_turn() or ""
        calls: list[Callable[[], Any]] = [whose, plain, lambda: list(values())]
        found = [text_of(client_of(each)) for each in calls]
        found.append(blocking(client_of(whose).get, "http://x/").text)
        return [each.replace(name, "mine") for each in found]

    assert in_task(main) == ["mine", "mine", "['mine', 'mine']", "mine"]


def test_iterators() -> None:
    @generator
    def own() -> Iterator[bool]:
        yield has_turn()

    def of_user() -> Iterator[bool]:
        yield has_turn()

    class Stream(httpx.SyncByteStream):  # type: ignore[misc]
        def __iter__(self) -> Iterator[bytes]:
            yield str(has_turn()).encode()

    def of_library() -> Any:
        return httpx.Response(200, stream=Stream()).iter_text()

    def main() -> list[Any]:
        ways = (each_of, blocking_each)
        return [list(way(each())) for each in (own, of_library) for way in ways]

    assert in_task(main) == [[True], [True], ["False"], ["False"]]
    assert in_task(lambda: list(each_of(of_user()))) == [True]
    assert list(each_of(of_library())) == ["False"]  # in no loop
    assert [*each_of([1, 2])] == [1, 2]
    with pytest.raises(TypeError, match="not iterable"):
        each_of(None)  # type: ignore[arg-type]


def test_managers() -> None:
    said: list[Any] = []

    class Transport(httpx.BaseTransport):  # type: ignore[misc]
        def __enter__(self) -> Any:
            said.append(has_turn())
            return self

        def __exit__(self, *_: object) -> None:
            said.append(has_turn())

    class Closed(httpx.BaseTransport):  # type: ignore[misc]
        def close(self) -> None:
            said.append(has_turn())

    @contextlib.contextmanager
    def of_user() -> Iterator[None]:
        said.append(has_turn())
        yield

    def client() -> Any:
        return httpx.Client(transport=Transport())

    def main() -> None:
        for way in (entering, blocking_entering):
            with way(client()) as entered:
                assert type(entered) is httpx.Client
        for call in (opening, blocking_opening):
            with call(httpx.Client, transport=Transport()) as entered:
                assert type(entered) is httpx.Client
        assert said == [False] * 8
        lock, managed = Lock(), of_user()
        assert entering(lock) is blocking_entering(lock) is lock
        assert entering(managed) is managed
        with opening(of_user):
            assert said.pop() is True
        with opening(contextlib.closing, httpx.Client(transport=Closed())):
            pass
        assert said.pop() is False

    in_task(main)


def test_generators_as_managers() -> None:
    def main() -> str:
        client = client_of(has_turn)
        with opening(client.stream, "GET", "http://x/") as response:
            return "".join(each_of(response.iter_text()))

    assert in_task(main) == "False"


def test_errors_leave_blocks_of_libraries() -> None:
    def main() -> None:
        with pytest.raises(ValueError, match="mine"), opening(httpx.Client) as client:
            raise ValueError("mine")
        assert client.is_closed

    in_task(main)


def test_a_cancelled_task_leaves_what_it_entered() -> None:
    class Transport(httpx.BaseTransport):  # type: ignore[misc]
        def __enter__(self) -> Any:
            task.cancel()
            return self

    client = httpx.Client(transport=Transport())
    task: Any = None

    def main() -> None:
        nonlocal task
        task = current_task()
        with entering(client):
            pytest.fail("it is not to be entered")

    with pytest.raises(CancelledError):
        in_task(main)
    assert client.is_closed
