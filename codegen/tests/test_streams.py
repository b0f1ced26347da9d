"""What streams, servers and timers do that no program shows in both forms."""

from __future__ import annotations

import gc
import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from twingen.runtime.connections import open_connection
from twingen.runtime.processes import create_subprocess_exec
from twingen.runtime.selector_loop import SelectorLoop
from twingen.runtime.server import ServerClosed, start_server
from twingen.runtime.streams import StreamReader, StreamWriter
from twingen.runtime.tasks import Task
from twingen.runtime.timers import call_later


@pytest.fixture
def connected() -> Iterator[tuple[StreamReader, StreamWriter, socket.socket]]:
    here, there = socket.socketpair()
    reader, writer = open_connection(sock=here)
    with there:
        yield reader, writer, there
        writer.close()


Connected = tuple[StreamReader, StreamWriter, socket.socket]


def test_one_thread_reads(connected: Connected) -> None:
    reader, _, there = connected
    first = Task(reader.readline)
    while not reader._waits.locked():
        time.sleep(0.001)
    with pytest.raises(RuntimeError, match="already waiting for this stream"):
        reader.read(1)
    there.sendall(b"line\n")
    assert first.wait(30) == b"line\n"


def test_close_wakes_who_reads(connected: Connected) -> None:
    reader, writer, _ = connected
    task = Task(reader.read)
    time.sleep(0.05)
    writer.close()
    assert task.wait(30) == b""
    assert reader.at_eof()


def test_lines_are_whole_while_another_thread_writes(connected: Connected) -> None:
    reader, writer, there = connected
    lines = [b"%d\n" % number for number in range(2000)]

    def echo() -> None:
        while data := there.recv(4096):
            there.sendall(data)

    def send() -> None:
        for line in lines:
            writer.write(line)

    echoing = Task(echo)
    sender = Task(send)
    assert [reader.readline(timeout=30) for _ in lines] == lines
    sender.wait(30)
    writer.write_eof()
    echoing.wait(30)


def test_a_forgotten_writer_closes_its_socket() -> None:
    here, there = socket.socketpair()
    with there:
        streams = open_connection(sock=here)
        del streams
        gc.collect()
        there.settimeout(30)
        assert there.recv(1) == b""


def test_nothing_is_left_open_when_connecting_takes_too_long() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        full = [socket.socket() for _ in range(3)]
        for each in full:
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
        before = len(os.listdir("/dev/fd")) if os.path.isdir("/dev/fd") else 0
        with pytest.raises(TimeoutError):
            open_connection(*listener.getsockname(), timeout=0.1)
        after = len(os.listdir("/dev/fd")) if os.path.isdir("/dev/fd") else 0
        for each in full:
            each.close()
    assert after == before


def test_handler_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def handle(reader: StreamReader, writer: StreamWriter) -> None:
        raise KeyError("mine")

    with start_server(handle, "127.0.0.1", 0) as server:
        reader, writer = open_connection(*server.sockets[0].getsockname())
        assert reader.read(timeout=30) == b""
        writer.close()
    assert "client_connected_cb" in caplog.text


def test_closing_ends_serve_forever() -> None:
    server = start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    serving = Task(server.serve_forever)
    time.sleep(0.05)
    server.close()
    with pytest.raises(ServerClosed):
        serving.wait(30)
    assert not issubclass(ServerClosed, Exception)


def test_handlers_may_close_the_server() -> None:
    closed = threading.Event()

    def handle(reader: StreamReader, writer: StreamWriter) -> None:
        server.close()
        writer.close()
        closed.set()

    server = start_server(handle, "127.0.0.1", 0)
    _, writer = open_connection(*server.sockets[0].getsockname())
    assert closed.wait(30)
    writer.close()
    server.wait_closed(timeout=30)


def test_output_is_read_ahead_while_the_process_is_waited_for() -> None:
    process = create_subprocess_exec(
        "sh", "-c", "yes | head -c 100000", stdout=-1, stderr=-3
    )
    assert process.wait(timeout=30) == 0
    assert process.stdout is not None
    assert len(process.stdout.read()) == 100_000


def test_futures_settled_by_many_threads() -> None:
    loop = SelectorLoop()
    futures = [loop.create_future() for _ in range(50)]
    for number, future in enumerate(futures):
        call_later(0.001 * (number % 7), future.set_result, number)
    assert [future.wait(30) for future in futures] == list(range(50))


def test_a_wakeable_loop_is_woken_while_it_watches() -> None:
    loop = SelectorLoop(wakeable=True)
    here, there = socket.socketpair()
    with here, there:
        loop.add_reader(here, here.recv, 1)
        future = loop.create_future()
        call_later(0.05, future.set_result, "woken")
        assert future.wait(30) == "woken"
        loop.remove_reader(here)


def test_a_cancelled_timer_is_over_or_never_begins() -> None:
    running, finished = threading.Event(), threading.Event()

    def callback() -> None:
        running.set()
        time.sleep(0.1)
        finished.set()

    timer = call_later(0, callback)
    assert running.wait(30)
    timer.cancel()
    assert finished.is_set()


def test_a_callback_that_raises_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    called = threading.Event()

    def callback() -> None:
        called.set()
        raise KeyError("mine")

    timer = call_later(0, callback)
    assert called.wait(30)
    timer.cancel()
    assert "exception in callback" in caplog.text
