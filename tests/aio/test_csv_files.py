"""CSV files into a table, and out of a query."""

from __future__ import annotations

import csv
import io
import os
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

import pgtwin
from pgtwin import errors as e, sql

if TYPE_CHECKING:
    from typing_extensions import LiteralString

Connection = pgtwin.AsyncConnection[Any]
Usable = Callable[[Connection], Awaitable[None]]
Content = Callable[[Connection], Awaitable[list[tuple[Any, ...]]]]

ROWS = [
    (1, None, ""),
    (2, 'say "hi", you', "line\nfeed"),
    (3, "\\.", "é€"),
    (4, " spaces ", "\\N"),
]
TEXT = (
    'id,a,b\n1,,""\n2,"say ""hi"", you","line\nfeed"\n3,\\.,é€\n4, spaces ,\\N\n'
).encode()


async def fill(conn: Connection) -> None:
    await conn.copy_records("things", None, ROWS)


async def test_csv_file_is_written_and_read_back(
    conn: Connection, table: LiteralString, content: Content, tmp_path: Path
) -> None:
    await fill(conn)
    path = tmp_path / "things.csv"
    query = "SELECT * FROM things ORDER BY id"
    assert await conn.copy_to_csv(query, path) == 4
    assert path.read_bytes() == TEXT
    assert os.listdir(tmp_path) == ["things.csv"]
    await conn.execute("DELETE FROM things")
    assert await conn.copy_from_csv(table, path) == 4
    assert await content(conn) == ROWS


async def test_open_files(
    conn: Connection, table: LiteralString, content: Content
) -> None:
    source = io.BytesIO(TEXT)
    assert await conn.copy_from_csv(table, source) == 4
    assert not source.closed
    target = io.BytesIO(b"before\n")
    target.seek(0, io.SEEK_END)
    name = sql.Identifier("things")
    assert await conn.copy_to_csv(name, target, header=False) == 4
    assert target.getvalue() == b"before\n" + TEXT.partition(b"\n")[2]


async def test_header_names_the_columns(
    conn: Connection, table: LiteralString, content: Content
) -> None:
    assert await conn.copy_from_csv(table, io.BytesIO(b"b,id\r\nx,1\r\n")) == 1
    assert await content(conn) == [(1, None, "x")]
    # Other names for them.
    assert await conn.copy_from_csv(table, io.BytesIO(b"b,id\nx,2\n"), ["a", "id"]) == 1
    assert await conn.copy_from_csv(table, io.BytesIO(b"3,y,z"), header=False) == 1
    assert await conn.copy_from_csv(table, io.BytesIO(b"id,a")) == 0
    assert await content(conn) == [(1, None, "x"), (2, "x", None), (3, "y", "z")]
    with pytest.raises(e.UndefinedColumn):
        await conn.copy_from_csv(table, io.BytesIO(b"id,c\n1,x\n"))


async def test_difficult_names(conn: Connection) -> None:
    await conn.execute("""
        CREATE SCHEMA "my ""schema";
        CREATE TABLE "my ""schema"."Table; --" ("%s" int, "Sp ,ace" text, "a
""b" int)
    """)
    name = sql.Identifier('my "schema', "Table; --")
    source = b'"a\n""b","Sp ,ace",%s\n3,x,1\n'
    assert await conn.copy_from_csv(name, io.BytesIO(source)) == 1
    target = io.BytesIO()
    assert await conn.copy_to_csv(name, target) == 1
    assert target.getvalue() == b'%s,"Sp ,ace","a\n""b"\n1,x,3\n'
    await conn.rollback()


@pytest.mark.parametrize(
    ("encoding", "python"),
    [
        ("latin-1", "latin-1"),
        ("ISO_8859-15", "iso8859-15"),
        ("cp1252", "cp1252"),
        ("win1252", "cp1252"),
        ("UTF8", "utf-8"),
        ("EUC_JP", "euc_jp"),
    ],
)
async def test_encodings(
    conn: Connection, tmp_path: Path, encoding: str, python: str
) -> None:
    value = "漢字" if python == "euc_jp" else "ü" if "-1" in python else "ü€"
    name = sql.Identifier(value)
    await conn.execute(sql.SQL("CREATE TEMP TABLE encoded ({} text)").format(name))
    await conn.execute("INSERT INTO encoded VALUES (%s)", [value])
    path = tmp_path / "encoded.csv"
    table = sql.Identifier("encoded")
    await conn.copy_to_csv(table, path, encoding=encoding)
    assert path.read_bytes() == f"{value}\n{value}\n".encode(python)
    assert await conn.copy_from_csv(table, path, encoding=encoding) == 1
    cur = await conn.execute("SELECT DISTINCT * FROM encoded")
    assert await cur.fetchall() == [(value,)]


async def test_signature_of_utf8(
    conn: Connection, table: LiteralString, content: Content
) -> None:
    for encoding, data in (("utf-8", b"id,a\n1,x\n"), ("utf-8-sig", b"id,a\n2,x\n")):
        source = io.BytesIO(b"\xef\xbb\xbf" + data)
        assert await conn.copy_from_csv(table, source, encoding=encoding) == 1
    with pytest.raises(e.InvalidTextRepresentation):
        source = io.BytesIO(b"\xef\xbb\xbf3,x\n")
        await conn.copy_from_csv(
            table, source, ["id", "a"], header=False, encoding="latin1"
        )


async def test_unknown_encodings(conn: Connection, table: LiteralString) -> None:
    with pytest.raises(e.ProgrammingError, match="give the columns"):
        await conn.copy_from_csv(
            table, io.BytesIO(b"id\n1\n"), encoding="mule_internal"
        )
    with pytest.raises(e.InvalidParameterValue, match="valid encoding name"):
        await conn.copy_to_csv("SELECT 1", io.BytesIO(), encoding="nonsense")


@pytest.mark.parametrize("delimiter", [";", "\t", "|", "%", "\\"])
@pytest.mark.parametrize("quote", ["'", '"', "~"])
async def test_other_characters(
    conn: Connection, table: LiteralString, content: Content, delimiter: str, quote: str
) -> None:
    await fill(conn)
    target = io.BytesIO()
    options: dict[str, Any] = {
        "delimiter": delimiter,
        "quote": quote,
        "null": "NULL",
    }
    for params in (None, [0]):
        query = "SELECT * FROM things WHERE id > 0 ORDER BY id"
        if params is not None:
            query = "SELECT * FROM things WHERE id > %s ORDER BY id"
        target = io.BytesIO()
        assert await conn.copy_to_csv(query, target, params, **options) == 4
        text = target.getvalue().decode()
        rows = csv.reader(io.StringIO(text, ""), delimiter=delimiter, quotechar=quote)
        expected = [list(map(str, row)) for row in ROWS]
        expected[0][1] = "NULL"
        assert list(rows) == [["id", "a", "b"], *expected]
    await conn.execute("DELETE FROM things")
    target.seek(0)
    assert await conn.copy_from_csv(table, target, **options) == 4
    assert await content(conn) == ROWS


async def test_kinds_of_queries(conn: Connection, table: LiteralString) -> None:
    queries: list[tuple[Any, Any]] = [
        ("SELECT 1 AS n;\n", None),
        ("SELECT 1 AS n -- the end", None),
        (b"SELECT 1 AS n", None),
        (sql.SQL("SELECT {} AS n").format(1), None),
        ("SELECT %(one)s AS n", {"one": 1}),
        (sql.SQL("SELECT %s AS {}").format(sql.Identifier("n")), (1,)),
        ("VALUES (1)", None),
    ]
    for query, params in queries:
        target = io.BytesIO()
        assert await conn.copy_to_csv(query, target, params) == 1
        assert target.getvalue() in (b"n\n1\n", b"column1\n1\n")
    with pytest.raises(e.ProgrammingError, match=r"sql\.Identifier\('things'\)"):
        await conn.copy_to_csv("things", io.BytesIO())
    with pytest.raises(TypeError, match="a query is"):
        await conn.copy_to_csv(cast("Any", 5), io.BytesIO())


async def test_old_csv_file_stays_after_an_error(
    conn: Connection, tmp_path: Path, usable: Usable
) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes(b"old")
    query = "SELECT 1 / (9999 - i) FROM generate_series(1, 10000) i"
    for target in (path, tmp_path / "new.csv"):
        with pytest.raises(e.DivisionByZero):
            await conn.copy_to_csv(query, target)
        await usable(conn)
    with pytest.raises(e.SyntaxError):
        await conn.copy_to_csv("SELECT nothing FROM FROM", path)
    assert os.listdir(tmp_path) == ["old.csv"]
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(os.name != "posix", reason="needs modes and links")
async def test_file_is_replaced(conn: Connection, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    await conn.copy_to_csv("SELECT 1 AS n", str(link))
    assert link.is_symlink()
    assert path.read_bytes() == b"n\n1\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert await conn.copy_to_csv("SELECT 1 AS n", os.devnull) == 1


async def test_bad_values(
    conn: Connection, table: LiteralString, content: Content, usable: Usable
) -> None:
    source = io.BytesIO(b"id,a,b\n1,x,y\ntwo,x,y\n")
    with pytest.raises(e.InvalidTextRepresentation) as caught:
        await conn.copy_from_csv(table, source)
    assert "line 3, column id" in str(caught.value.diag.context)
    await usable(conn)
    assert await content(conn) == []
    for empty in (b"", b"\n1,x,y\n", b"\xef\xbb\xbf"):
        with pytest.raises(e.DataError, match="no header"):
            await conn.copy_from_csv(table, io.BytesIO(empty))
    for file, quote in (
        *((b"id,\xe9\n1,x\n", '"'), (b"id\n1\n", "\n")),
        *((b"id\n1\n", "''"), (b"id\n1\n", "")),
    ):
        with pytest.raises(e.DataError, match="header cannot be read"):
            await conn.copy_from_csv(table, io.BytesIO(file), quote=quote)
    with pytest.raises(TypeError, match="mode 'rb'"):
        await conn.copy_from_csv(table, cast("Any", io.StringIO("id\n1\n")))
    with pytest.raises(FileNotFoundError):
        await conn.copy_from_csv(table, "nowhere/at/all.csv")
    await usable(conn)


async def test_progress_of_fifty_thousand_rows(
    conn: Connection, tmp_path: Path
) -> None:
    path = tmp_path / "much.csv"
    counted: list[int] = []

    def count(copy: pgtwin.AsyncCopy) -> None:
        counted.append(copy.rows_done)
        size[:] = [copy.bytes_done]

    size: list[int] = []
    query = "SELECT i, repeat('é', i % 50) AS t FROM generate_series(1, 50000) i"
    assert await conn.copy_to_csv(query, path, progress=count) == 50000
    assert size == [path.stat().st_size]
    assert counted == sorted(counted)
    assert counted[-1] == 50000
    counted.clear()
    await conn.execute("CREATE TEMP TABLE much (i int, t text)")
    assert await conn.copy_from_csv("much", path, progress=count) == 50000
    assert size == [path.stat().st_size]
    assert counted == sorted(counted)
    assert counted[-1] == 50000
    cur = await conn.execute("SELECT sum(i), sum(length(t)) FROM much")
    assert await cur.fetchone() == (50000 * 50001 // 2, 1000 * sum(range(50)))


async def test_long_header(conn: Connection) -> None:
    names = [f"{'x' * 50}{number}" for number in range(1000)]
    await conn.execute(
        sql.SQL("CREATE TEMP TABLE wide ({})").format(
            sql.SQL(", ").join(
                sql.SQL("{} int").format(sql.Identifier(n)) for n in names
            )
        )
    )

    class Slow(io.BytesIO):
        """A file that gives few bytes at a time."""

        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(1000)

    source = Slow(",".join(names).encode() + b"\n" + b",".join([b"1"] * 1000))
    assert await conn.copy_from_csv("wide", source) == 1


async def test_template(conn: Connection) -> None:
    templates = pytest.importorskip("string.templatelib")
    template = templates.Template(
        "SELECT ", templates.Interpolation(5, "n", None, ""), " AS n"
    )
    target = io.BytesIO()
    assert await conn.copy_to_csv(template, target) == 1
    assert target.getvalue() == b"n\n5\n"
