"""Exceptions, their SQLSTATE, and what the server says about them."""

from __future__ import annotations

import pickle

import pgtwin as psycopg
from pgtwin import errors


async def main(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        await conn.execute(
            "CREATE TEMP TABLE stock (id int PRIMARY KEY, amt int CHECK (amt > 0))"
        )
        for query in (
            "SELECT * FROM no_such_table",
            "SELEC 1",
            "SELECT 1/0",
            "INSERT INTO stock VALUES (1, -1)",
            "INSERT INTO stock VALUES (NULL, 1)",
            "SELECT 'x'::int",
            "SELECT 99999999999::int",
            "DO $$BEGIN RAISE EXCEPTION 'mine' USING DETAIL = 'd', HINT = 'h'; END$$",
        ):
            try:
                await conn.execute(query.encode())
            except psycopg.Error as error:
                diag = error.diag
                print(type(error).__name__, type(error).__mro__[1].__name__)
                print(error.sqlstate, diag.severity_nonlocalized, str(error))
                print(diag.message_primary, diag.message_detail, diag.message_hint)
                print(diag.table_name, diag.column_name, diag.constraint_name)
                print(diag.statement_position, diag.source_function is not None)
        print(
            errors.lookup("23505").__name__, errors.lookup("UNIQUE_VIOLATION").sqlstate
        )
        try:
            await conn.execute("SELECT nope")
        except psycopg.DatabaseError as error:
            copied = pickle.loads(pickle.dumps(error))
            print(copied.sqlstate, copied.diag.message_primary)
        try:
            await conn.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        except psycopg.OperationalError as error:
            print(error.sqlstate, conn.closed, conn.broken)
        try:
            await conn.execute("SELECT 1")
        except psycopg.OperationalError:
            print("the connection is lost")
    print(conn.closed)
    try:
        await psycopg.AsyncConnection.connect(
            "host=127.0.0.1 port=1 connect_timeout=60"
        )
    except psycopg.OperationalError as error:
        print(type(error).__name__, error.sqlstate)
    try:
        await psycopg.AsyncConnection.connect("no_such_option=1")
    except psycopg.ProgrammingError as error:
        print(type(error).__name__)
