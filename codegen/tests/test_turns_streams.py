"""Streams, transports and processes where tasks take turns: the same as in asyncio.

The programs of `programs/` with streams, servers, processes and TLS, and those of
`carried/`, whose twins need tasks that take turns, run in both forms: real sockets,
certificates and processes.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import warnings
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from support.program_runner import EXAMPLE, FOLDER, Unformatted, can_run, load, outcome
from support.sample_project import Project
from twingen.analysis.calls.event_loop_functions import ELSEWHERE
from twingen.analysis.symbols.library_tables import built_in_libraries
from twingen.conversion.convert import convert
from twingen.runtime.turns import (
    stream_connections,
    subprocesses,
)
from twingen.runtime.turns.dynamic_calls import later
from twingen.runtime.turns.event_loop import EventLoop
from twingen.runtime.turns.events import get_running_loop
from twingen.runtime.turns.function_kinds import coroutine
from twingen.runtime.turns.loop_methods import Elsewhere, TransportMethods
from twingen.runtime.turns.protocols import Protocol
from twingen.runtime.turns.runners import Runner, run
from twingen.runtime.turns.streams import StreamReader, StreamWriter
from twingen.runtime.turns.task_creation import create_task
from twingen.runtime.turns.waiting import sleep, wait, wait_for

CARRIED = FOLDER.parent / "carried"
FILES = [
    *(FOLDER / f"{name}.py" for name in ("streams", "subprocesses", "tls_streams")),
    *sorted(CARRIED.glob("*.py")),
]
EXAMPLES = [
    (file, function)
    for file in FILES
    if can_run(code := file.read_text(encoding="utf-8"))
    for function in EXAMPLE.findall(code)
]
NAMES = [f"{file.parent.name}-{file.stem}-{function}" for file, function in EXAMPLES]

# What asyncio does not do, or says otherwise, before Python 3.12; the runtime is the
# same on each.
SINCE_312 = {
    "example_datagrams",
    "example_handler_that_fails",
    "example_pipes",
    "example_drain_of_a_lost_connection",
    "example_tls_flow_control",
    "example_tls_over_a_connection_that_there_is",
}

pytestmark = [
    # What a program leaves open is not what is tested here.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@cache
def program(file: Path) -> tuple[ModuleType, ModuleType]:
    """Return a program, and its twin over the turns runtime."""
    code = file.read_text(encoding="utf-8")
    settings = Unformatted(
        runtime="twingen.runtime",
        tasks="turns",
        libraries=built_in_libraries("turns"),
    )
    name = f"{file.parent.name}_{file.stem}"
    twin = load(convert(code, settings=settings).text, f"{name}_in_turns")
    return load(code, file.stem), twin


@pytest.mark.parametrize(("file", "function"), EXAMPLES, ids=NAMES)
def test_program(file: Path, function: str) -> None:
    source, twin = program(file)
    if function in SINCE_312 and sys.version_info < (3, 12):
        expected = outcome(twin, function)
        assert not expected[2]
    else:
        expected = outcome(source, function)
        assert outcome(twin, function) == expected
    # Also as the main coroutine of a loop of its own.
    vars(twin)["run_it"] = partial(run_it, getattr(twin, function))
    assert outcome(twin, "run_it") == expected
    assert expected != ("None", "", ""), "the example shows nothing"


def run_it(function: Any) -> Any:
    return run(later(function))


def test_every_file_is_run() -> None:
    assert {path.stem for path in CARRIED.glob("*.py")} == {
        "protocols_and_transports",
        "streams_in_tasks",
        "streams_python_313",
    }
    assert len(EXAMPLES) >= 80


# What only twins have: threads that are in no loop.


@coroutine
def echo(reader: StreamReader, writer: StreamWriter) -> None:
    for line in reader:
        writer.write(line.upper())
        writer.drain()
    writer.close()


def test_users_thread_writes_and_reads() -> None:
    server = stream_connections.start_server(echo, "127.0.0.1", 0)
    reader, writer = stream_connections.open_connection(
        *server.sockets[0].getsockname()
    )
    writer.write(b"one\n")
    writer.writelines([b"two\n", b"three\n"])
    assert [reader.readline() for _ in range(3)] == [b"ONE\n", b"TWO\n", b"THREE\n"]
    writer.write_eof()
    assert reader.read() == b""
    writer.close()
    writer.wait_closed()
    server.close()
    server.wait_closed()


def test_server_goes_on_while_a_users_thread_is_elsewhere() -> None:
    """The thread of the test blocks in the system; others drive the loop."""
    server = stream_connections.start_server(echo, "127.0.0.1", 0)
    with socket.create_connection(server.sockets[0].getsockname(), 30) as sock:
        sock.settimeout(30)
        for word in (b"one\n", b"two\n"):
            sock.sendall(word)
            assert sock.recv(100) == word.upper()
    server.close()
    server.wait_closed()


def test_connections_of_several_threads() -> None:
    server = stream_connections.start_server(echo, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    answers: dict[int, list[bytes]] = {}

    def talk(number: int) -> None:
        reader, writer = stream_connections.open_connection(*address)
        answers[number] = []
        for turn in range(20):
            writer.write(b"%d.%d\n" % (number, turn))
            answers[number].append(reader.readline())
        writer.close()
        writer.wait_closed()

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == {
        number: [b"%d.%d\n" % (number, turn) for turn in range(20)]
        for number in range(8)
    }
    server.close()
    server.wait_closed()


def test_process_of_a_users_thread() -> None:
    process = subprocesses.create_subprocess_exec(
        "cat", stdin=subprocesses.PIPE, stdout=subprocesses.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"to and fro\n")
    assert process.stdout.readline() == b"to and fro\n"
    process.stdin.close()
    assert process.wait() == 0


def test_writer_that_is_dropped_closes_its_connection() -> None:
    here, there = socket.socketpair()
    with there:
        there.settimeout(30)
        streams = stream_connections.open_connection(sock=here)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            del streams
            gc.collect()
        assert there.recv(1) == b""
    texts = [str(each.message) for each in said]
    assert sum(text.startswith("unclosed <StreamWriter") for text in texts) == 1


def test_end_of_a_process_without_pidfd(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(pid: int) -> int:
        raise OSError("an older system")

    monkeypatch.setattr(os, "pidfd_open", refuse, raising=False)

    def main() -> tuple[int, bytes | None]:
        process = subprocesses.create_subprocess_exec(
            "cat", stdin=subprocesses.PIPE, stdout=subprocesses.PIPE
        )
        out, _ = process.communicate(b"x")
        return process.wait(), out

    assert run(later(coroutine(main))) == (0, b"x")


def test_status_of_a_process_that_another_has_waited_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def main() -> int:
        process = subprocesses.create_subprocess_exec("sleep", "60")
        os.kill(process.pid, signal.SIGKILL)
        os.waitpid(process.pid, 0)  # with the turn: the loop cannot be faster
        return process.wait()

    assert run(later(coroutine(main))) == 255
    assert "exit status already read" in caplog.text


def test_wait_ends_though_a_pipe_stays_open() -> None:
    """A child of the process keeps the pipe; the process itself has ended."""

    def main() -> int:
        process = subprocesses.create_subprocess_shell(
            "sleep 60 & echo $!", stdout=subprocesses.PIPE
        )
        assert process.stdout is not None
        child = int(process.stdout.readline())
        try:
            return process.wait()
        finally:
            os.kill(child, signal.SIGKILL)

    assert run(later(coroutine(main))) == 0


def test_many_connections_need_few_threads() -> None:
    """Connections wait as callbacks of the loop; only their tasks have threads."""

    class Silent(Protocol):
        pass

    def main() -> int:
        loop = get_running_loop()
        server = loop.create_server(Silent, "127.0.0.1", 0)
        address = server.sockets[0].getsockname()
        made = [loop.create_connection(Silent, *address) for _ in range(100)]
        count = threading.active_count()
        for transport, _ in made:
            transport.close()
        server.close()
        server.wait_closed()
        return count

    before = threading.active_count()
    assert run(later(coroutine(main))) < before + 20


# The parts of the runtime that a twin needs.


def test_methods_of_the_loop_are_where_they_are_said_to_be() -> None:
    methods = {
        name: f"turns.{method._module}"
        for name, method in vars(TransportMethods).items()
        if isinstance(method, Elsewhere)
    }
    assert methods == ELSEWHERE


def test_method_that_was_not_copied() -> None:
    class Loop:
        missing: Any = Elsewhere("no_such_module")

    assert not hasattr(Loop(), "missing")
    with pytest.raises(AttributeError, match=r"no_such_module\.py was not copied"):
        Loop().missing  # noqa: B018


PYPROJECT = """
[tool.twingen]
runtime = "pkg_sync.runtime"
tasks = "turns"
trees = [
    { source = "src/pkg", target = "out/pkg_sync", module = "pkg", twin = "pkg_sync" },
]
"""
SOURCES = {
    "plain": ("await asyncio.sleep(0)", set()),
    "stream": (
        "return await asyncio.open_connection('x', 1)",
        {"streams", "connecting", "stream_connections", "socket_transports"},
    ),
    "method": (
        "return await asyncio.get_running_loop().create_connection(f, 'x', 1)",
        {"connecting", "socket_transports"},
    ),
    "unproven": ("return await f.create_server(f, 'x', 1)", {"servers"}),
    "process": (
        "return await asyncio.create_subprocess_exec('x')",
        {"subprocesses", "process_transports", "pipes", "child_watching", "streams"},
    ),
}
PARTS = {
    "child_watching", "connecting", "datagrams", "pipes", "process_transports",
    "protocols", "servers", "socket_transports", "stream_connections", "streams",
    "subprocesses", "tls", "transports",
}  # fmt: skip


@pytest.mark.parametrize(("body", "needed"), SOURCES.values(), ids=SOURCES)
def test_twin_has_the_parts_that_it_needs(
    body: str, needed: set[str], tmp_path: Path
) -> None:
    project = Project(tmp_path)
    project.write("pyproject.toml", PYPROJECT)
    code = f"import asyncio\n\n\nasync def main(f):\n    {body}\n"
    project.write("src/pkg/__init__.py", code)
    assert project.run("build").code == 0
    folder = tmp_path / "out/pkg_sync/runtime/turns"
    found = {path.stem for path in folder.glob("*.py")} & PARTS
    assert needed <= found
    assert bool(found) == bool(needed)
    # It is whole: it is imported without twingen, and the method is found.
    check = "import pkg_sync, pkg_sync.runtime.turns.event_loop as e; e.EventLoop"
    if body.startswith("return await asyncio.get_running_loop()"):
        check += "().create_connection"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "out")}
    command = [sys.executable, "-W", "ignore", "-c", check]
    subprocess.run(command, env=environment, check=True)


# What the methods of a loop on sockets owe to several tasks.


def test_cancelled_wait_for_a_socket_leaves_the_next_one_alone() -> None:
    def main() -> bytes:
        loop = get_running_loop()
        here, there = socket.socketpair()
        here.setblocking(False)
        with here, there:
            first = create_task(later(loop.sock_recv, here, 10))
            sleep(0)
            first.cancel()
            second = create_task(later(loop.sock_recv, here, 10))
            third = create_task(later(sleep, 0.01))
            wait({first, third})
            there.sendall(b"x")
            return wait_for(second, 30)  # type: ignore[no-any-return]

    assert run(later(coroutine(main))) == b"x"


def test_loop_with_a_selector_of_its_own() -> None:
    selector = selectors.SelectSelector()
    loop = EventLoop(selector)
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        there.sendall(b"x")
        assert loop.run_until_complete(later(loop.sock_recv, here, 1)) == b"x"
        loop.add_reader(here, print)
        assert selector.get_key(here).fd == here.fileno()
        loop.close()


def test_loop_whose_methods_are_overridden() -> None:
    """Streams use the methods of the loop; these may return something to await."""
    asked: list[Any] = []

    class Loop(EventLoop):
        def create_connection(self, *args: Any, **kwargs: Any) -> Any:
            asked.append(args[1:])
            return super().create_connection(*args, **kwargs)

        def getaddrinfo(self, host: Any, port: Any, **how: Any) -> Any:
            asked.append(host)
            return create_task(later(super().getaddrinfo, "127.0.0.1", port, **how))

    def main() -> bytes:
        server = stream_connections.start_server(echo, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        reader, writer = stream_connections.open_connection("nowhere.invalid", port)
        assert asked == [("nowhere.invalid", port), "nowhere.invalid"]
        writer.write(b"x\n")
        line = reader.readline()
        writer.close()
        server.close()
        server.wait_closed()
        return line

    with Runner(loop_factory=Loop) as runner:
        assert runner.run(later(coroutine(main))) == b"X\n"
