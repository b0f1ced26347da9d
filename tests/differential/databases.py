"""The databases in which programs are played: one for each driver and encoding.

Before each program a database holds the same; names are the same in all of them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

import psycopg
from psycopg import pq
from psycopg.conninfo import make_conninfo

from tests.differential.steps import Program, texts, walk

ENCODINGS = ("UTF8", "LATIN1", "SQL_ASCII", "EUC_JP")

DROPPED = """
DROP SCHEMA public CASCADE;
DROP SCHEMA IF EXISTS other CASCADE;
"""
MADE = """
CREATE SCHEMA public;
CREATE SCHEMA other;
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE pair AS (a int4, b text);
CREATE TYPE floats AS RANGE (subtype = float8);
CREATE DOMAIN posint AS int4 CHECK (VALUE > 0);
CREATE TABLE items (
    id int4 PRIMARY KEY DEFERRABLE INITIALLY IMMEDIATE, name text, amount numeric,
    flag bool, at timestamptz, data jsonb, kind mood
) WITH (autovacuum_enabled = false);
CREATE TABLE log (n int8, note text) WITH (autovacuum_enabled = false);
CREATE TABLE other.items (id text, name int4) WITH (autovacuum_enabled = false);
CREATE FUNCTION twice(x int4) RETURNS int4 LANGUAGE sql AS 'SELECT x * 2';
CREATE FUNCTION notice(x text) RETURNS int4 LANGUAGE plpgsql AS
    'BEGIN RAISE NOTICE ''%'', x; RETURN 1; END';
CREATE FUNCTION two_out(OUT a int4, OUT b text) LANGUAGE sql AS 'SELECT 1, ''b''';
CREATE PROCEDURE proc() LANGUAGE plpgsql AS
    'BEGIN INSERT INTO log VALUES (7, ''proc''); END';
"""
FILLED = """
INSERT INTO items VALUES
    (1, 'one', 1.50, true, '2024-01-01 00:00:00+00', '{"a": 1}', 'sad'),
    (2, 'two', NULL, false, NULL, '[]', 'happy'),
    (3, NULL, 3, NULL, '2024-07-01 12:00:00+00', NULL, NULL);
INSERT INTO other.items VALUES ('x', 10), ('y', NULL);
"""
EMPTIED = "DELETE FROM items; DELETE FROM log; DELETE FROM other.items;"
EFFECTS = "SELECT * FROM items ORDER BY 1; SELECT * FROM log ORDER BY 1, 2"
TYPES = "SELECT oid, oid::regtype::text FROM pg_type WHERE oid >= 10000"
PREPARED = (
    "SELECT gid FROM pg_prepared_xacts WHERE database = current_database() ORDER BY 1"
)
OTHERS_ENDED = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
# What changes more than rows.
SCHEMA = re.compile(r"\b(ALTER|CREATE|DROP|TRUNCATE|COMMENT|RENAME)\b", re.I)
# How long, in ms, another session waits for a lock.
LOCK_TIMEOUT = 30


class Database:
    """One database, and a session in it that prepares it and looks at what is left."""

    def __init__(self, server: str, name: str, encoding: str) -> None:
        with psycopg.connect(server, autocommit=True) as conn:
            conn.execute(f"DROP DATABASE IF EXISTS {name} (FORCE)".encode())
            conn.execute(
                f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0 "
                "LC_COLLATE 'C' LC_CTYPE 'C'".encode()
            )
        # A setting of the environment is none of ours.
        self.conninfo = make_conninfo(server, dbname=name)
        self._encoding = encoding
        own = make_conninfo(self.conninfo, client_encoding=encoding)
        self._pgconn = pq.PGconn.connect(own.encode())
        self._run(f"SET client_min_messages = error; SET lock_timeout = {LOCK_TIMEOUT}")
        self._run(DROPPED + MADE + FILLED)
        self._changed = False
        self.types: Mapping[int, str] = {}
        self._learn_types()

    def close(self) -> None:
        self._pgconn.finish()

    def prepare(self) -> None:
        """Make the database what every program finds."""
        if self._changed:
            self._run("SET lock_timeout = 0")
            self._run(DROPPED + MADE + FILLED)
            self._run(f"SET lock_timeout = {LOCK_TIMEOUT}")
            self._learn_types()
        else:
            self._run(EMPTIED + FILLED)
        for gid in self._rows(PREPARED):
            self._run(f"ROLLBACK PREPARED '{gid[0]}'")
        self._changed = False

    def play(self, program: Program) -> None:
        """Learn what is about to be played."""
        self._changed = any(SCHEMA.search(texts(s)) for _, s in walk(program.steps))

    def execute(self, text: str) -> str:
        """Execute a statement in the other session; tell how it went."""
        result = self._pgconn.exec_(text.encode())
        if result.status == pq.ExecStatus.FATAL_ERROR:
            state = result.error_field(pq.DiagnosticField.SQLSTATE) or b""
            self._pgconn.exec_(b"ROLLBACK")
            return f"raises {state.decode()}"
        return "done"

    def effects(self) -> str:
        """Write what the tables hold, and how many transactions are prepared."""
        left = [self._rows(each) for each in EFFECTS.split(";")]
        # Each driver gives them names of its own.
        return repr([*left, len(self._rows(PREPARED))])

    def free(self) -> None:
        """End all other sessions, which a program that hangs has left behind."""
        self._rows(OTHERS_ENDED)

    def wait_for_end(self, pid: int) -> None:
        """Wait until a session of this server has ended."""
        deadline = time.monotonic() + 60
        text = f"SELECT 1 FROM pg_stat_activity WHERE pid = {pid}"
        while self._rows(text) and time.monotonic() < deadline:
            time.sleep(0.001)

    def _learn_types(self) -> None:
        self.types = {int(oid): name for oid, name in self._rows(TYPES)}

    def _run(self, text: str) -> None:
        result = self._pgconn.exec_(text.encode(errors="replace"))
        if result.status == pq.ExecStatus.FATAL_ERROR:
            raise RuntimeError(result.error_message.decode(errors="replace"))

    def _rows(self, text: str) -> list[list[str]]:
        result = self._pgconn.exec_(text.encode())
        return [
            [
                "NULL" if value is None else value.decode("latin-1")
                for value in (result.get_value(r, c) for c in range(result.nfields))
            ]
            for r in range(result.ntuples)
        ]


class Databases:
    """Makes databases when they are asked for."""

    def __init__(self, server: str, mark: str = "") -> None:
        self._server = server
        self._mark = mark
        self._made: dict[tuple[str, str], Database] = {}

    def get(self, form: str, encoding: str) -> Database:
        key = (form, encoding)
        if key not in self._made:
            name = f"diff{self._mark}_{form}_{encoding}".lower().replace("-", "_")
            self._made[key] = Database(self._server, name, encoding)
        return self._made[key]

    def close(self) -> None:
        for each in self._made.values():
            each.close()
