"""A stretch of TCP on loopback that fails at a byte that is told beforehand.

Law: it runs in a thread of its own; what is asked of it comes from other threads.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from types import TracebackType
from typing import Any, NamedTuple

from psycopg.conninfo import conninfo_to_dict, make_conninfo

TO_SERVER = "to the server"
FROM_SERVER = "from the server"
DIRECTIONS = (TO_SERVER, FROM_SERVER)
FAULTS = ("reset", "half-close", "freeze", "delay")
# Seconds that a delayed stream pauses.
PAUSE = 0.02


class Cut(NamedTuple):
    """What happens to the stream after `after` bytes in one direction."""

    direction: str
    after: int
    fault: str


class Wire:
    """Connects whoever connects to it with the server; used as a block."""

    def __init__(self, dsn: str) -> None:
        params = conninfo_to_dict(dsn)
        self._server = (str(params["host"]), int(params.get("port") or 5432))
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.conninfo = make_conninfo(dsn, host="127.0.0.1", port=port)
        self.passed: dict[str, int] = dict.fromkeys(DIRECTIONS, 0)
        self._cut: Cut | None = None
        self._frozen = False
        self._pairs: set[tuple[asyncio.StreamWriter, ...]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Wire:
        self._thread.start()
        self._call(self._serve())
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self, cut: Cut | None) -> None:
        """Count bytes from now on, and fail at one of them, if `cut` says so."""

        async def arm() -> None:
            self.passed = dict.fromkeys(DIRECTIONS, 0)
            self._cut = cut
            self._frozen = False
            if cut is None:
                self._drop()

        self._call(arm())

    def _call(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    async def _serve(self) -> None:
        self._accepting = await asyncio.start_server(self._carry, sock=self._listener)

    async def _end(self) -> None:
        self._accepting.close()
        self._drop()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        if tasks:
            await asyncio.wait(tasks, timeout=5)

    def _drop(self) -> None:
        for pair in tuple(self._pairs):
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
