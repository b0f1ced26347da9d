"""Template strings (PEP 750): from `t"..."` to a statement's text and its values.

What a template is made of is asked by the protocol only, so that nothing here
depends on the Python that has them (3.14 and newer).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from psycopg import sql
from psycopg.adapt import PyFormat
from psycopg.errors import ProgrammingError

if TYPE_CHECKING:
    from psycopg.abc import Transformer

IDENTIFIER = "i"
LITERAL = "l"
SNIPPET = "q"
FORMATS = {
    "": PyFormat.AUTO,
    "s": PyFormat.AUTO,
    "t": PyFormat.TEXT,
    "b": PyFormat.BINARY,
}
# The only specification with which each class of `pgtwin.sql` may stand in a template.
SPECIFICATIONS: dict[type[sql.Composable], str] = {
    sql.Identifier: IDENTIFIER,
    sql.Literal: LITERAL,
    sql.SQL: SNIPPET,
    sql.Composed: SNIPPET,
}


class Interpolation(Protocol):
    """A value in a template, as `string.templatelib.Interpolation`."""

    @property
    def value(self) -> Any: ...
    @property
    def expression(self) -> str: ...
    @property
    def conversion(self) -> Any: ...
    @property
    def format_spec(self) -> str: ...


@runtime_checkable
class Template(Protocol):
    """A template string, as `string.templatelib.Template`."""

    @property
    def strings(self) -> tuple[str, ...]: ...
    @property
    def interpolations(self) -> tuple[Any, ...]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Converted(NamedTuple):
    """A statement's text, and the values for `$1`, `$2` ... with their formats."""

    text: bytes
    values: list[Any]
    formats: list[PyFormat]


def convert(
    template: Template, transformer: Transformer, encoding: str, *, merge: bool = False
) -> Converted:
    """Return the text and the values of a template.

    `merge` writes the values into the text, as literals. Raises `ProgrammingError`
    for a value that its specification does not allow, `TypeError` for `!r` and the
    like.
    """
    chunks: list[bytes] = []
    values: list[Any] = []
    formats: list[PyFormat] = []

    def add(template: Template) -> None:
        for part in template:
            if isinstance(part, str):
                chunks.append(part.encode(encoding))
            elif isinstance(part.value, Template):
                _check(part, SNIPPET)
                add(part.value)
            elif (piece := _piece(part, transformer)) is not None:
                chunks.append(piece)
            elif (wanted := FORMATS.get(part.format_spec)) is None:
                raise ProgrammingError(
                    f"{_written(part)} has an unknown specification: use s, t, b, "
                    "i (identifier), l (literal) or q (a piece of a statement)"
                )
            elif merge:
                chunks.append(transformer.as_literal(part.value))
            else:
                values.append(part.value)
                formats.append(wanted)
                chunks.append(b"$%d" % len(values))

    add(template)
    return Converted(b"".join(chunks), values, formats)


def _piece(part: Interpolation, transformer: Transformer) -> bytes | None:
    """Return what is written into the text; `None` for a value to be sent apart."""
    value = part.value
    if isinstance(value, sql.Composable):
        for cls, specification in SPECIFICATIONS.items():
            if isinstance(value, cls):
                _check(part, specification)
                return value.as_bytes(transformer)
        raise ProgrammingError(
            f"{_written(part)} is a {type(value).__qualname__}, which has no place in "
            "a template: write the value itself"
        )
    _check_conversion(part)
    if part.format_spec == LITERAL:
        return transformer.as_literal(value)
    if part.format_spec == IDENTIFIER:
        if not isinstance(value, str):
            raise ProgrammingError(
                f"{_written(part)} must be a string, not {type(value).__qualname__}"
            )
        return sql.Identifier(value).as_bytes(transformer)
    if part.format_spec == SNIPPET:
        raise ProgrammingError(
            f"{_written(part)} must be a template or an object of pgtwin.sql, not "
            f"{type(value).__qualname__}"
        )
    return None


def _check(part: Interpolation, specification: str) -> None:
    _check_conversion(part)
    if part.format_spec != specification:
        raise ProgrammingError(
            f"{_written(part)} is a {type(part.value).__qualname__}: write "
            f"{{{part.expression}:{specification}}}"
        )


def _check_conversion(part: Interpolation) -> None:
    if part.conversion:
        raise TypeError(
            f"{_written(part)} has a conversion, which a query cannot have: convert "
            "the value before"
        )


def _written(part: Interpolation) -> str:
    """Return an interpolation as its author has written it: never its value."""
    conversion = f"!{part.conversion}" if part.conversion else ""
    specification = f":{part.format_spec}" if part.format_spec else ""
    return f"{{{part.expression}{conversion}{specification}}}"
