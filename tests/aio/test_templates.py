"""Template strings: values, identifiers, literals and pieces of statements."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

import pgtwin
from pgtwin import errors as e, sql
from pgtwin.adapt import PyFormat, Transformer
from pgtwin.core.statements.templates import Template, convert


@dataclass
class Value:
    """Stands for `string.templatelib.Interpolation`, which Python 3.14 has."""

    value: Any
    format_spec: str = ""
    expression: str = "x"
    conversion: str | None = None


class Text:
    """Stands for `string.templatelib.Template`."""

    def __init__(self, *parts: str | Value) -> None:
        self._parts = parts
        self.strings = tuple(part for part in parts if isinstance(part, str))
        self.interpolations = tuple(part for part in parts if isinstance(part, Value))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._parts)


def test_protocol() -> None:
    assert isinstance(Text("SELECT ", Value(1)), Template)
    others: list[object] = ["SELECT 1", b"SELECT 1", sql.SQL("SELECT 1"), None, 1]
    for other in others:
        assert not isinstance(other, Template)


@pytest.mark.parametrize(
    ("template", "text", "values"),
    [
        (Text("SELECT 1 % 2"), b"SELECT 1 % 2", []),
        (Text("SELECT ", Value(1), ", ", Value("a")), b"SELECT $1, $2", [1, "a"]),
        (Text("SELECT ", Value("a", "i")), b'SELECT "a"', []),
        (Text("SELECT ", Value("it's", "l")), b"SELECT 'it''s'", []),
        (Text(Value(sql.Identifier("a", "b"), "i")), b'"a"."b"', []),
        (Text(Value(sql.Literal("a"), "l")), b"'a'", []),
        (Text(Value(sql.SQL("now()"), "q")), b"now()", []),
        (Text(Value(sql.SQL("f({})").format(1), "q")), b"f(1)", []),
        (
            Text(Value(1), Value(Text(Value(2), Value("n", "i")), "q"), Value(3)),
            b'$1$2"n"$3',
            [1, 2, 3],
        ),
    ],
)
def test_convert(template: Text, text: bytes, values: list[Any]) -> None:
    converted = convert(template, Transformer(), "utf-8")
    assert converted.text == text
    assert converted.values == values
    assert converted.formats == [PyFormat.AUTO] * len(values)


def test_formats() -> None:
    template = Text(Value(1, "s"), Value(1, "t"), Value(1, "b"))
    assert convert(template, Transformer(), "utf-8").formats == [
        PyFormat.AUTO,
        PyFormat.TEXT,
        PyFormat.BINARY,
    ]


def test_template_with_merged_values() -> None:
    template = Text("SELECT ", Value(-1), Value("it's", "t"), Value(None, "b"))
    converted = convert(template, Transformer(), "utf-8", merge=True)
    assert converted == (b"SELECT  -1'it''s'NULL", [], [])


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Value("a", "x"), r"\{x:x\} has an unknown specification"),
        (Value(1, "i"), r"\{x:i\} must be a string, not int"),
        (Value("secret", "q"), r"\{x:q\} must be a template"),
        (Value(sql.Identifier("a")), r"write \{x:i\}"),
        (Value(sql.SQL("a"), "s"), r"write \{x:q\}"),
        (Value(Text("a")), r"write \{x:q\}"),
        (Value(sql.Placeholder(), "q"), "Placeholder"),
    ],
)
def test_template_that_is_refused(value: Value, words: str) -> None:
    with pytest.raises(e.ProgrammingError, match=words) as caught:
        convert(Text(value), Transformer(), "utf-8")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("value", [1, sql.SQL("a"), Text("a")])
def test_conversion_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match=r"\{x!r:q\} has a conversion"):
        convert(Text(Value(value, "q", conversion="r")), Transformer(), "utf-8")


async def test_execute(conn: pgtwin.AsyncConnection[Any]) -> None:
    columns = Text(Value("a", "l"), " AS ", Value("name", "i"))
    query = Text("SELECT ", Value(1), "::int + 10 % 4, ", Value(columns, "q"))
    cur = await conn.execute(query)
    assert cur.description is not None
    assert cur.description[1].name == "name"
    assert await cur.fetchone() == (3, "a")
    cur = conn.cursor()
    await cur.execute(Text("SELECT 1"), prepare=True)
    assert await cur.fetchone() == (1,)
    assert [row async for row in cur.stream(Text("SELECT ", Value("b")))] == [("b",)]


async def test_no_parameters_beside(conn: pgtwin.AsyncConnection[Any]) -> None:
    query: Any = Text("SELECT ", Value(1))
    for cur in (conn.cursor(), pgtwin.AsyncClientCursor(conn)):
        with pytest.raises(TypeError, match="without parameters"):
            await cur.execute(query, (1,))
        with pytest.raises(TypeError, match="without parameters"):
            await cur.executemany(query, [(1,)])


async def test_client_cursor(conn: pgtwin.AsyncConnection[Any]) -> None:
    cur = pgtwin.AsyncClientCursor(conn)
    query = Text("SELECT ", Value("it's"), "::text AS ", Value("name", "i"))
    assert cur.mogrify(query) == "SELECT 'it''s'::text AS \"name\""
    await cur.execute(query)
    assert await cur.fetchone() == ("it's",)


async def test_server_cursor(conn: pgtwin.AsyncConnection[Any]) -> None:
    async with conn.cursor("curs") as cur:
        await cur.execute(Text("SELECT ", Value("a"), "::text"))
        assert await cur.fetchone() == ("a",)


async def test_raw_cursor(conn: pgtwin.AsyncConnection[Any]) -> None:
    with pytest.raises(e.NotSupportedError, match="template"):
        await pgtwin.AsyncRawCursor(conn).execute(Text("SELECT ", Value(1)))


@pytest.mark.skipif(sys.version_info < (3, 14), reason="needs Python 3.14")
async def test_real_templates(conn: pgtwin.AsyncConnection[Any]) -> None:
    templatelib: Any = __import__("string.templatelib").templatelib
    query = templatelib.Template(
        "SELECT ",
        templatelib.Interpolation("it's", "value", None, ""),
        "::text AS ",
        templatelib.Interpolation("name", "name", None, "i"),
    )
    cur = await conn.execute(query)
    assert cur.description is not None
    assert cur.description[0].name == "name"
    assert await cur.fetchone() == ("it's",)
