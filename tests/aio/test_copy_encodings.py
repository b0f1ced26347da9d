"""COPY, types and names where client and server have other encodings than UTF-8."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

import pgtwin
from pgtwin import sql
from pgtwin.types import TypeInfo
from pgtwin.types.composite import CompositeInfo
from pgtwin.types.enum import EnumInfo

Connection = pgtwin.AsyncConnection[Any]

# Bytes that may be the second ones of a character, and mean something themselves.
SECOND = [*range(0x40, 0x7F), 0x80, 0xFC]
CODECS = {
    "SJIS": "shift_jis",
    "SHIFT_JIS_2004": "shift_jis_2004",
    "BIG5": "big5",
    "GBK": "gbk",
    "GB18030": "gb18030",
    "UHC": "cp949",
    "EUC_JP": "euc_jp",
}


def texts(codec: str) -> list[str]:
    """Return texts with characters whose second byte may look like another one."""
    found = []
    for second in SECOND:
        for first in range(0x81, 0xFF):
            try:
                text = bytes((first, second)).decode(codec)
            except UnicodeDecodeError:
                continue
            if len(text) == 1 and text.encode(codec) == bytes((first, second)):
                found += [text, f"{text}n", f"{text}\t{text}\n{text}N", f".{text}\rt"]
                break
    return [*found, "\\n", "\\N", "\\.", "\t", ""]


async def kept(conn: Connection, values: list[str]) -> list[str]:
    """Return those texts which a parameter brings to the server and back."""
    found = []
    for value in values:
        try:
            cur = await conn.execute("SELECT %s::text", (value,))
            if await cur.fetchone() == (value,):
                found.append(value)
        except pgtwin.Error:
            pass
    return found


@pytest.mark.parametrize("encoding", CODECS)
async def test_characters(other: Connection, encoding: str) -> None:
    await other.execute(f"SET client_encoding TO {encoding}".encode())
    await other.execute("CREATE TEMP TABLE held (i int, t text, u text)")
    values = await kept(other, texts(CODECS[encoding]))
    rows = [(n, text, None) for n, text in enumerate(values)]
    assert len(rows) > 4
    for together in (False, True):
        await other.execute("TRUNCATE held")
        async with other.cursor().copy("COPY held FROM STDIN") as copy:
            if together:
                await copy.write_rows(rows)
            else:
                for row in rows:
                    await copy.write_row(row)
        cur = await other.execute("SELECT * FROM held ORDER BY i")
        assert await cur.fetchall() == rows
    for typed in (False, True):
        for statement in ("COPY held TO STDOUT", "COPY held TO STDOUT (FORMAT binary)"):
            if not typed and "binary" in statement:
                continue
            async with other.cursor().copy(statement.encode()) as copy:
                if typed:
                    copy.set_types(["int4", "text", "text"])
                first = await copy.read_row()
                found = [first, *[row async for row in copy.rows()]]
            expected = [(n if typed else str(n), t, u) for n, t, u in rows]
            assert found == expected


@pytest.mark.parametrize("encoding", ["SJIS", "EUC_JP"])
async def test_yen(other: Connection, encoding: str) -> None:
    # Python's codecs make it the byte of a backslash: so it is stored by INSERT.
    await other.execute(f"SET client_encoding TO {encoding}".encode())
    await other.execute("CREATE TEMP TABLE held (t text)")
    await other.execute("INSERT INTO held VALUES (%s)", ("\xa5n",))
    async with other.cursor().copy("COPY held FROM STDIN") as copy:
        await copy.write_row(("\xa5n",))
        await copy.write_rows([("\xa5n",), ("\xa5n",)])
    cur = await other.execute("SELECT DISTINCT t FROM held")
    assert await cur.fetchall() == [("\\n",)]


@pytest.fixture(params=["SQL_ASCII", "LATIN1"])
async def foreign(
    request: pytest.FixtureRequest, dsn: str, other: Connection
) -> AsyncIterator[Connection]:
    """A connection that speaks SQL_ASCII with a database of another encoding."""
    name = f"pgtwin_{request.param.lower()}"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
        sql.Identifier(name)
    )
    await other.execute(drop)
    await other.execute(
        sql.SQL(
            "CREATE DATABASE {} TEMPLATE template0 ENCODING {} "
            "LC_COLLATE 'C' LC_CTYPE 'C'"
        ).format(sql.Identifier(name), request.param)
    )
    try:
        async with pgtwin.AsyncConnection.connect(
            dsn, dbname=name, client_encoding="SQL_ASCII"
        ) as conn:
            yield conn
    finally:
        await other.execute(drop)


async def test_rows_of_bytes(foreign: Connection) -> None:
    for text in ("'abc'", "'a' || chr(9)", "NULL"):
        query = f"SELECT {text}::text, 1".encode()
        cur = await foreign.execute(query)
        expected = await cur.fetchall()
        for types in (None, ["text", "int4"]):
            async with foreign.cursor().copy(b"COPY (%s) TO STDOUT" % query) as copy:
                if types:
                    copy.set_types(types)
                rows = [row async for row in copy.rows()]
            assert [row[:1] for row in rows] == [row[:1] for row in expected]
        async with foreign.cursor().copy(
            b"COPY (%s) TO STDOUT (FORMAT binary)" % query
        ) as copy:
            copy.set_types(["text", "int4"])
            assert [row async for row in copy.rows()] == expected


async def test_types(foreign: Connection) -> None:
    await foreign.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')")
    await foreign.execute("CREATE TYPE pair AS (a int, b text)")
    info = await TypeInfo.fetch(foreign, "text")
    assert info is not None
    assert (info.name, info.regtype, info.delimiter) == ("text", "text", ",")
    labels = await EnumInfo.fetch(foreign, "mood")
    assert labels is not None
    assert labels.labels == ["sad", "ok"]
    fields = await CompositeInfo.fetch(foreign, sql.Identifier("pair"))
    assert fields is not None
    assert list(fields.field_names) == ["a", "b"]
    assert list(fields.field_types) == [23, 25]
    assert await EnumInfo.fetch(foreign, "pair") is None
    assert await TypeInfo.fetch(foreign, "nothing") is None
    assert foreign.info.parameter_status("client_encoding") == "SQL_ASCII"


async def test_names_beyond_ascii(foreign: Connection) -> None:
    await foreign.execute("CREATE TABLE plain (a int, b text)")
    encoding = foreign.info.parameter_status("server_encoding")
    codec = "utf-8" if encoding == "SQL_ASCII" else "latin-1"
    await foreign.execute(
        'ALTER TABLE plain RENAME TO "é"; ALTER TABLE "é" RENAME b TO "ü"; '
        "CREATE TYPE \"ß\" AS ENUM ('ö')".encode(codec)
    )
    assert await foreign.copy_records("é", None, [(1, "x")]) == 1
    assert await foreign.copy_records("é", ["ü", "a"], [("y", 2)]) == 1
    cur = await foreign.execute('SELECT a, "ü" FROM "é" ORDER BY a'.encode(codec))
    assert await cur.fetchall() == [(1, b"x"), (2, b"y")]
    info = await EnumInfo.fetch(foreign, sql.Identifier("ß"))
    assert info is not None
    assert (info.name, info.labels) == ("ß", ["ö"])
