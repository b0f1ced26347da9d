"""Plays a program with one driver, and writes down what each step did.

The same calls in the same order for every driver; a step that raises is an
outcome, and the next step is played. What ends psycopg's process is not played: a fetch
of a server-side cursor that has copied or streamed since it was declared. psycopg's
compiled code reads it by the loaders of that, though the portal may have more columns.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import psycopg
from psycopg.adapt import AdaptersMap

from tests.differential import steps as s
from tests.differential.databases import Database
from tests.differential.drivers import Driver, Hangs, settled
from tests.differential.outcome import (
    Outcome,
    Played,
    describe,
    freeze,
    freeze_error,
)
from tests.differential.values import (
    ADAPTERS,
    FETCHED,
    PARAMETERS,
    ROW_FACTORIES,
    Mood,
)

EXECUTING = (s.Execute, s.ExecuteMany, s.Stream, s.CopyIn, s.CopyOut, s.Open)
# How rows are fetched from a server-side cursor's portal.
FETCHING = ("one", "many", "all", "iterate", "results")
IDLE = psycopg.pq.TransactionStatus.IDLE


class End(BaseException):
    """Nothing more is played."""


class Left(Exception):
    """An error has left a pipeline block."""

    def __init__(self, error: Exception) -> None:
        self.error = error


class Broken(Exception):
    """What a program raises by itself."""


def play(driver: Driver, database: Database, program: s.Program) -> Played:
    """Play a program in a database that is prepared before, and looked at after."""
    database.prepare()
    database.play(program)
    player = Player(driver, database, program)
    try:
        driver.run(player.play())
    except Hangs:
        player.note("end", "hangs")
        database.free()
        return Played(tuple(player.outcomes), "")
    finally:
        player.end()
    return Played(tuple(player.outcomes), database.effects())


class Player:
    """One program under way."""

    def __init__(self, driver: Driver, database: Database, program: s.Program) -> None:
        self.outcomes: list[Outcome] = []
        self._driver = driver
        self._database = database
        self._program = program
        self._conn: Any = None
        self._pid = 0
        self._cursors: dict[int, Any] = {}
        self._pipeline: Any = None
        self._messages: list[str] = []
        self._named = 0
        self._unsure: set[int] = set()
        # Server-side cursors that have copied or streamed since.
        self._diverted: set[int] = set()
        self._settled = self._kept = False

    def note(
        self, place: str, value: str, state: tuple[str, ...] = (), detail: str = ""
    ) -> None:
        self.outcomes.append(Outcome(place, value, state, detail))

    async def play(self) -> None:
        try:
            self._conn = await self._connect()
        except psycopg.Error as error:
            self.note("connect", freeze_error(error), detail=str(error))
            return
        self._pid = self._conn.info.backend_pid
        self._conn.add_notice_handler(self._notice)
        try:
            await self._steps(self._program.steps)
        except End:
            pass
        finally:
            await self._close()

    async def _connect(self) -> Any:
        program = self._program
        row_factory = ROW_FACTORIES[program.row_factory or "tuple_row"]
        cursor_factory = self._driver.kind(program.cursor_factory or "Cursor")
        if _reusable(program):
            conn = self._driver.kept.pop(program.database, None)
            if conn is not None:
                await settled(conn.set_autocommit(program.autocommit))
                conn.prepare_threshold = program.prepare_threshold
                conn.row_factory = row_factory
                conn.cursor_factory = cursor_factory
                return conn
        context = None
        if program.context is not None:
            context = _Context(AdaptersMap(psycopg.adapters))
            ADAPTERS[program.context](context)
        options: dict[str, Any] = {}
        if program.client_encoding is not None:
            options["client_encoding"] = program.client_encoding
        return await settled(
            self._driver.kind("Connection").connect(
                self._database.conninfo,
                autocommit=program.autocommit,
                prepare_threshold=program.prepare_threshold,
                context=context,
                row_factory=row_factory,
                cursor_factory=cursor_factory,
                **options,
            )
        )

    def end(self) -> None:
        """Leave nothing behind that the next program could see."""
        conn = self._conn
        if conn is None or self._kept:
            return
        if not conn.closed:  # the play itself was left
            conn.pgconn.finish()
        if not self._settled:
            self._database.wait_for_end(self._pid)

    async def _close(self) -> None:
        conn = self._conn
        self._cursors.clear()
        if conn.closed:
            return
        self._settled = self._rolled_back()
        if self._settled and _reusable(self._program):
            try:
                conn.remove_notice_handler(self._notice)
                await settled(conn.set_autocommit(True))
                # After a ROLLBACK that may be prepared psycopg forgets all others.
                conn.prepare_threshold = 5
                await settled(conn.execute("ROLLBACK"))
                await settled(conn.execute("DISCARD ALL"))
                self._driver.kept[self._program.database] = conn
                self._kept = True
                return
            except psycopg.Error:
                pass
        await settled(conn.close())

    def _rolled_back(self) -> bool:
        """Roll back, not by the driver's own means; tell whether that was possible."""
        pgconn = self._conn.pgconn
        told = len(self._messages)
        try:
            if pgconn.transaction_status != IDLE:
                pgconn.exec_(b"ROLLBACK")
            return bool(pgconn.transaction_status == IDLE)
        except psycopg.Error:
            return False
        finally:
            del self._messages[told:]

    def _notice(self, diagnostic: Any) -> None:
        self._messages.append(f"notice {diagnostic.message_primary!r}")

    def _notify(self, notify: Any) -> None:
        self._messages.append(f"notify {notify.channel} {notify.payload!r}")

    # ---- steps

    async def _steps(self, steps: tuple[s.Step, ...], stop: bool = False) -> None:
        """Play steps; with `stop`, pass on the first error."""
        for step in steps:
            if isinstance(step, s.Block | s.PipelineBlock):
                await self._noted(step, partial(self._block, step), stop)
            else:
                await self._noted(step, partial(self._step, step), stop)

    async def _noted(
        self, step: s.Step, playing: Callable[[], Awaitable[Any]], stop: bool
    ) -> None:
        place = str(step)
        conn = self._conn
        idle = conn.info.transaction_status == IDLE
        try:
            value = self._named_types(freeze(await playing()))
        except Hangs:
            raise
        except BaseException as error:
            if not isinstance(error, Exception):
                raise
            if isinstance(error, Left):
                await self._leave(place, error.error)
            self._unsure.add(_number(step))
            if idle and self._pipeline is None and _unsent(error):
                # A statement that pgtwin refuses to send begins no transaction.
                self._rolled_back()
            self.note(place, freeze_error(error), self._state(None), _detail(error))
            if stop:
                raise
        else:
            if isinstance(step, EXECUTING):
                self._unsure.discard(_number(step))
            self.note(place, value, self._state(step))

    def _named_types(self, value: str) -> str:
        """Put names for types of this database into values in binary format."""
        if "b'" in value or 'b"' in value:
            for oid, name in self._database.types.items():
                written = repr(oid.to_bytes(4, "big"))[2:-1]
                value = value.replace(written, f"<{name}>")
        return value

    async def _leave(self, place: str, error: Exception) -> None:
        """Note the error of a pipeline, and end the program.

        How far its steps were played depends on time.
        """
        self.note(place, freeze_error(error), detail=_detail(error))
        conn = self._conn
        if not conn.closed:
            # A transaction block around it may be open still.
            self.note("afterwards", "usable" if self._rolled_back() else "unusable")
        raise End

    def _state(self, step: s.Step | None) -> tuple[str, ...]:
        """Write what can be seen of the connection, and of the step's cursor.

        PEP 249 does not say what a cursor tells after an error, until it executes.
        """
        if self._pipeline is not None:
            return ()  # depends on what has come back already
        conn = self._conn
        status = conn.info.transaction_status.name
        state = [f"status={status}", f"closed={conn.closed}"]
        state.append(f"messages={self._messages}")
        self._messages = []
        number = _number(step)
        cursor = self._cursors.get(number)
        if cursor is not None and number not in self._unsure:
            state += describe(cursor, self._database.types)
        return tuple(state)

    async def _block(self, step: s.Block | s.PipelineBlock) -> str:
        driver = self._driver
        if isinstance(step, s.PipelineBlock):
            noted = len(self.outcomes)
            try:
                async with driver.block(self._conn.pipeline()) as pipeline:
                    self._pipeline = pipeline
                    await self._steps(step.body, stop=True)
            except Exception as error:
                # Which of its steps raises depends on when the server answers.
                del self.outcomes[noted:]
                raise Left(error) from error
            finally:
                self._pipeline = None
            return "left"
        block = self._conn.transaction(step.savepoint, step.force_rollback)
        async with driver.block(block):
            await self._steps(step.body, stop=step.propagate or bool(self._pipeline))
            if step.ending == "Rollback":
                raise driver.named("Rollback")
            if step.ending == "error":
                raise Broken
        return "left"

    async def _step(self, step: s.Step) -> object:
        if isinstance(step, s.Stream | s.CopyIn | s.CopyOut) and (
            "Server" in type(self._cursor(step.cursor)).__name__
        ):
            self._diverted.add(step.cursor)
        method = getattr(self, f"_play_{type(step).__name__.lower()}")
        return await method(step)

    async def _play_open(self, step: s.Open) -> object:
        self._cursors.pop(step.cursor, None)
        self._diverted.discard(step.cursor)
        kind, driver = step.kind, self._driver
        options: dict[str, Any] = {}
        if step.row_factory is not None:
            options["row_factory"] = ROW_FACTORIES[step.row_factory]
        if kind in ("client", "raw"):
            cls = driver.kind("ClientCursor" if kind == "client" else "RawCursor")
            cursor = cls(self._conn, **options)
            if step.binary:
                cursor.format = psycopg.pq.Format.BINARY
        else:
            if step.binary:
                options["binary"] = True
            if kind in ("server", "raw_server"):
                self._named += 1
                options["name"] = f"c{self._named}"
                options["scrollable"] = step.scrollable
                options["withhold"] = step.withhold
            if kind == "raw_server":
                del options["name"]
                options.pop("binary", None)
                cls = driver.kind("RawServerCursor")
                cursor = cls(self._conn, f"c{self._named}", **options)
            else:
                cursor = self._conn.cursor(**options)
        self._cursors[step.cursor] = cursor
        return None

    def _cursor(self, number: int) -> Any:
        cursor = self._cursors.get(number)
        if cursor is None:
            cursor = self._cursors[number] = self._conn.cursor()
        return cursor

    async def _play_execute(self, step: s.Execute) -> object:
        seen = []
        for _ in range(step.times):
            options: dict[str, Any] = {}
            if step.binary is not None:
                options["binary"] = step.binary
            if step.cursor == s.CONNECTION:
                options["prepare"] = step.prepare
                on = self._conn
            else:
                on = self._cursor(step.cursor)
                if step.prepare is not None:
                    options["prepare"] = step.prepare
            query, params = self._bound(on, step.statement)
            cursor = await settled(on.execute(query, params, **options))
            if step.cursor == s.CONNECTION:
                self._cursors[0] = cursor
            self._diverted.discard(_number(step))
            if step.fetch is not None:
                seen.append(await self._fetched(cursor, step.fetch, 2))
        return seen

    def _bound(self, on: Any, statement: s.Statement) -> tuple[str, Any]:
        text = statement.text
        if statement.params is None:
            return text, None
        values = [PARAMETERS[name] for name in statement.params]
        if statement.keys:
            return text, dict(zip(statement.keys, values, strict=True))
        if "Raw" in type(on).__name__:
            for number in range(1, len(values) + 1):
                for place in ("%s", "%b", "%t"):
                    if place in text:
                        text = text.replace(place, f"${number}", 1)
                        break
        return text, tuple(values) if len(values) % 2 else values

    async def _play_fetch(self, step: s.Fetch) -> object:
        cursor = self._cursor(step.cursor)
        if step.cursor in self._diverted and step.how in FETCHING:
            return "not played"
        return await self._fetched(cursor, step.how, step.number)

    async def _fetched(self, cursor: Any, how: str, number: int) -> object:
        if how == "one":
            return await settled(cursor.fetchone())
        if how == "many":
            return await settled(cursor.fetchmany(*((number,) if number else ())))
        if how == "all":
            return await settled(cursor.fetchall())
        if how == "iterate":
            rows = []
            async for row in self._driver.items(cursor):
                rows.append(row)
                if number and len(rows) >= number:
                    break
            return rows
        if how == "nextset":
            return cursor.nextset()
        if how == "set_result":
            await settled(cursor.set_result(number))
            return None
        if how in ("scroll", "absolute"):
            mode = "relative" if how == "scroll" else how
            return await settled(cursor.scroll(number, mode))
        if how == "results":
            seen = []
            async for each in self._driver.items(cursor.results()):
                seen.append((each.statusmessage, each.rowcount))
                if each.description is not None:
                    seen.append(await settled(each.fetchall()))
            return seen
        raise ValueError(how)

    async def _play_executemany(self, step: s.ExecuteMany) -> object:
        cursor = self._cursor(step.cursor)
        sets = [[PARAMETERS[name] for name in each] for each in step.sets]
        text = step.text
        if "Raw" in type(cursor).__name__:
            number = 0
            while "%s" in text:
                number += 1
                text = text.replace("%s", f"${number}", 1)
        await settled(cursor.executemany(text, sets, returning=step.returning))
        if step.returning:
            return await self._fetched(cursor, "results", 0)
        return None

    async def _play_stream(self, step: s.Stream) -> object:
        cursor = self._cursor(step.cursor)
        query, params = self._bound(cursor, step.statement)
        rows = []
        options: dict[str, Any] = {}
        if step.size > 1:
            options["size"] = step.size
        stream = cursor.stream(query, params, binary=step.binary, **options)
        try:
            async for row in self._driver.items(stream):
                rows.append(row)
                if step.stop is not None and len(rows) >= step.stop:
                    break
        except Exception as error:
            if not rows:
                raise
            return [rows, freeze_error(error)]
        finally:
            await settled(stream.aclose() if self._driver.is_async else stream.close())
        return rows

    async def _play_copyout(self, step: s.CopyOut) -> object:
        cursor = self._cursor(step.cursor)
        seen: list[object] = []
        async with self._driver.block(cursor.copy(step.text)) as copy:
            if step.types:
                copy.set_types(step.types)
            if step.how in ("iterate", "rows"):
                reading = copy if step.how == "iterate" else copy.rows()
                async for each in self._driver.items(reading):
                    seen.append(_data(each))
                    if step.stop is not None and len(seen) >= step.stop:
                        break
            else:
                read = copy.read if step.how == "read" else copy.read_row
                while step.stop is None or len(seen) < step.stop:
                    each = await settled(read())
                    if not each:
                        break
                    seen.append(_data(each))
        return b"".join(seen) if step.how in ("iterate", "read") else seen  # type: ignore[arg-type]

    async def _play_copyin(self, step: s.CopyIn) -> object:
        cursor = self._cursor(step.cursor)
        async with self._driver.block(cursor.copy(step.text)) as copy:
            if step.types:
                copy.set_types(step.types)
            for index, row in enumerate(step.rows):
                if step.fails_after == index:
                    raise Broken
                values = [PARAMETERS[name] for name in row]
                if step.how == "write_row":
                    await settled(copy.write_row(values))
                else:
                    text = "\t".join(
                        "\\N" if value is None else str(value) for value in values
                    )
                    data: Any = text + "\n"
                    if index % 2:
                        data = data.encode()
                    await settled(copy.write(data))
        return None

    async def _play_call(self, step: s.Call) -> object:
        conn, method = self._conn, step.method
        if method == "handle_notifies":
            return conn.add_notify_handler(self._notify)
        if method == "forget_handler":
            return conn.remove_notify_handler(self._notify)
        if method == "notifies":
            seen = []
            got = conn.notifies(timeout=0.02, stop_after=3)
            async for notify in self._driver.items(got):
                seen.append((notify.channel, notify.payload))
            return seen
        if method == "tpc_begin":
            return await settled(conn.tpc_begin(conn.xid(1, self._gid(), "branch")))
        if method == "tpc_recover":
            found = await settled(conn.tpc_recover())
            here = [each for each in found if each.gtrid == self._gid()]
            return [
                (each.format_id, each.bqual, each.database is None) for each in here
            ]
        if method in ("tpc_commit xid", "tpc_rollback xid"):
            xid = conn.xid(1, self._gid(), "branch")
            return await settled(getattr(conn, method.split()[0])(xid))
        return await settled(getattr(conn, method)())

    def _gid(self) -> str:
        # Those of all databases have one space of names.
        return f"gid-{self._driver.name}"

    async def _play_assign(self, step: s.Assign) -> object:
        on = self._conn if step.cursor == s.CONNECTION else self._cursor(step.cursor)
        value: Any = step.value
        if step.name == "row_factory":
            value = ROW_FACTORIES[str(value)]
        if step.name == "format":
            value = psycopg.pq.Format(value)
        if step.name == "itersize" and "Server" not in type(on).__name__:
            return None
        if step.name in ("autocommit", "isolation_level", "read_only", "deferrable"):
            return await settled(getattr(on, f"set_{step.name}")(value))
        setattr(on, step.name, value)
        return None

    async def _play_close(self, step: s.Close) -> object:
        on = self._conn if step.cursor == s.CONNECTION else self._cursor(step.cursor)
        if on is self._conn and self._pipeline is None:
            self._messages = []
        if step.how == "close":
            await settled(on.close())
        elif step.how == "leave":
            async with self._driver.block(on):
                pass
        else:
            try:
                async with self._driver.block(on):
                    raise Broken
            except Broken:
                pass
        if on is self._conn:
            self._database.wait_for_end(self._pid)
        return None

    async def _play_register(self, step: s.Register) -> object:
        on = self._conn if step.cursor == s.CONNECTION else self._cursor(step.cursor)
        adapter = step.adapter
        conn = self._conn
        if adapter in FETCHED:
            module, info, name = FETCHED[adapter]
            types = self._driver.module(module)
            found = await settled(getattr(types, info).fetch(conn, name))
            if adapter == "composite":
                types.register_composite(found, on)
            elif adapter == "enum":
                types.register_enum(found, on, Mood)
            elif adapter == "range":
                types.register_range(found, on)
            else:
                found.register(on)
        else:
            ADAPTERS[adapter](on)
        return None

    async def _play_other(self, step: s.Other) -> object:
        return self._database.execute(step.text)

    async def _play_sync(self, step: s.Sync) -> object:
        if self._pipeline is not None:
            await settled(self._pipeline.sync())
        return None


def _number(step: s.Step | None) -> int:
    number = getattr(step, "cursor", s.CONNECTION)
    if isinstance(step, s.Execute) and number == s.CONNECTION:
        return 0  # where the new cursor is kept
    return int(number)


def _reusable(program: s.Program) -> bool:
    """Return whether a program leaves a connection as it was, once all is discarded."""
    if program.client_encoding is not None or program.context is not None:
        return False
    for _, step in s.walk(program.steps):
        if isinstance(step, s.Register | s.Assign | s.Close):
            if step.cursor == s.CONNECTION:
                return False
        elif isinstance(step, s.Call):
            if step.method not in ("commit", "rollback", "notifies"):
                return False
        elif "pg_terminate" in s.texts(step):
            return False
    return True


def _unsent(error: BaseException) -> bool:
    return getattr(error, "sqlstate", None) is None


class _Context:
    """An adaptation context of a map alone."""

    connection = None

    def __init__(self, adapters: AdaptersMap) -> None:
        self.adapters = adapters


def _data(each: Any) -> Any:
    return bytes(each) if isinstance(each, memoryview | bytearray) else each


def _detail(error: BaseException) -> str:
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"
