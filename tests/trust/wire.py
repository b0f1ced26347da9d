"""Stretches of TCP on loopback, each failing at a byte that is told beforehand.

They run in one thread of their own; what is asked of each comes from another.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from psycopg.conninfo import conninfo_to_dict, make_conninfo

TO_SERVER = "to the server"
FROM_SERVER = "from the server"
DIRECTIONS = (TO_SERVER, FROM_SERVER)
FAULTS = ("reset", "half-close", "freeze", "delay")
# The server's sessions at the end of a wire are called so.
NAME = "trust-wire"
# Seconds that a delayed stream pauses.
PAUSE = 0.02


class Cut(NamedTuple):
    """What happens to the stream after `after` bytes in one direction."""

    direction: str
    after: int
    fault: str


class Wire:
    """Connects whoever connects to it with the server."""

    def __init__(self, dsn: str, loop: asyncio.AbstractEventLoop) -> None:
        params = conninfo_to_dict(dsn)
        self._server = (str(params["host"]), int(params.get("port") or 5432))
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.conninfo = make_conninfo(
            dsn, host="127.0.0.1", port=port, application_name=NAME
        )
        self.passed: dict[str, int] = dict.fromkeys(DIRECTIONS, 0)
        self.struck = False  # whether the stream has come so far as to be cut
        self._cut: Cut | None = None
        self._frozen = False
        self._pairs: set[tuple[asyncio.StreamWriter, ...]] = set()
        self._loop = loop

    def open(self) -> None:
        """Begin to accept connections."""
        self._call(self._serve())

    def close(self) -> None:
        """End all connections."""
        self._call(self._end())

    def cut(self, cut: Cut | None) -> None:
        """Count bytes from now on, and fail at one of them, if `cut` says so."""

        async def arm() -> None:
            self.passed = dict.fromkeys(DIRECTIONS, 0)
            self._cut = cut
            self._frozen = False
            self.struck = False
            if cut is None:
                self._drop()

        self._call(arm())

    def _call(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    async def _serve(self) -> None:
        self._accepting = await asyncio.start_server(self._carry, sock=self._listener)

    async def _end(self) -> None:
        self._accepting.close()
        self._drop()

    def _drop(self) -> None:
        # What was read of the old connections, but not passed, counts no more.
        pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            for writer in pair:
                writer.transport.abort()

    async def _carry(
        self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter
    ) -> None:
        server, to_server = await asyncio.open_connection(*self._server)
        pair = (to_client, to_server)
        self._pairs.add(pair)
        try:
            await asyncio.gather(
                self._pass(client, to_server, TO_SERVER, pair),
                self._pass(server, to_client, FROM_SERVER, pair),
            )
        finally:
            self._pairs.discard(pair)
            for writer in pair:
                writer.transport.abort()

    async def _pass(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        direction: str,
        pair: tuple[asyncio.StreamWriter, ...],
    ) -> None:
        try:
            while data := await source.read(1 << 16):
                if pair not in self._pairs:
                    return
                cut = self._cut
                before = self.passed[direction]
                self.passed[direction] += len(data)
                if cut is not None and cut.direction == direction:
                    left = cut.after - before
                    if 0 <= left < len(data):
                        target.write(data[:left])
                        data = data[left:]
                        await self._fail(cut.fault, target, pair)
                if not self._frozen and not target.is_closing():
                    target.write(data)
                    await target.drain()
            if not self._frozen:
                target.write_eof()
        except (OSError, RuntimeError):
            pass  # the other side has gone

    async def _fail(
        self,
        fault: str,
        target: asyncio.StreamWriter,
        pair: tuple[asyncio.StreamWriter, ...],
    ) -> None:
        self.struck = True
        if fault == "delay":
            await asyncio.sleep(PAUSE)
        elif fault == "freeze":
            self._frozen = True
        elif fault == "half-close":
            await target.drain()
            target.write_eof()
            raise OSError
        else:
            await target.drain()
            for writer in pair:
                sock = writer.get_extra_info("socket")
                sock.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
                writer.transport.abort()
            raise OSError


@contextmanager
def wired(dsn: str, number: int = 1) -> Iterator[list[Wire]]:
    """Give wires to the server, all of which are carried by one thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    wires = [Wire(dsn, loop) for _ in range(number)]
    try:
        for wire in wires:
            wire.open()
        yield wires
    finally:
        for wire in wires:
            wire.close()
        asyncio.run_coroutine_threadsafe(_all_ended(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _all_ended() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    if tasks:
        await asyncio.wait(tasks, timeout=30)
