"""From a query with Python placeholders to a statement with `$1`, `$2` ...

Law: a plan depends on the query's text and its encoding only, never on parameters,
so that it is made once and kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg import pq
from psycopg.adapt import PyFormat
from psycopg.errors import ProgrammingError
from psycopg.sql import Composable

if TYPE_CHECKING:
    from psycopg.abc import Buffer, Transformer

    from pgtwin.core.annotations import Params, Query

# Longer texts are mostly written by programs and seldom come twice.
KEPT_LENGTH = 4096

PLACEHOLDER = re.compile(rb"%(?:\(([^)]*)\))?(.)?", re.DOTALL)
_FORMATS = {b"s": PyFormat.AUTO, b"t": PyFormat.TEXT, b"b": PyFormat.BINARY}


class Statement(NamedTuple):
    """What is sent: the text, the dumped values with their types and formats."""

    text: bytes
    values: Sequence[Buffer | None] | None
    types: tuple[int, ...]
    formats: Sequence[pq.Format] | None


class Plan(NamedTuple):
    """A query's text in the server's words, and the placeholders that it had."""

    text: bytes
    formats: list[PyFormat]
    names: tuple[str, ...] | None

    def arrange(self, params: Params) -> Sequence[Any]:
        """Return the parameters in the order of `$1`, `$2` ...

        Raises `ProgrammingError` when one is missing or too many, `TypeError` when a
        sequence is given for names or a mapping for positions.
        """
        kind = type(params)
        if kind is not tuple and kind is not list:
            if isinstance(params, Mapping):
                return self._by_name(params)
            if not isinstance(params, Sequence) or isinstance(
                params, (str, bytes, bytearray, memoryview)
            ):
                raise TypeError(
                    "query parameters must be a sequence or a mapping, not "
                    f"{kind.__qualname__}: write a single one as (value,)"
                )
        if len(params) != len(self.formats):
            raise ProgrammingError(
                f"statement has {_count(len(self.formats), 'placeholder')} but "
                f"{_count(len(params), 'parameter')} "
                f"{'was' if len(params) == 1 else 'were'} given"
            )
        if self.names:
            raise TypeError(
                "statement has named placeholders: pass a mapping with the keys "
                + ", ".join(repr(name) for name in self.names)
            )
        return params  # type: ignore[return-value]

    def _by_name(self, params: Mapping[str, Any]) -> Sequence[Any]:
        if self.names is None:
            if not self.formats:
                return ()
            raise TypeError(
                "statement has positional placeholders: pass a sequence, or name "
                "them as in %(name)s"
            )
        try:
            return [params[name] for name in self.names]
        except KeyError:
            missing = [repr(name) for name in self.names if name not in params]
            raise ProgrammingError(
                f"no value for {_count(len(missing), 'placeholder')}: add "
                f"{', '.join(missing)} to the parameters"
            ) from None


def bind(
    query: Query, params: Params | None, transformer: Transformer, encoding: str
) -> Statement:
    """Return the statement to send for a query and its parameters.

    Without parameters the text goes as it is: `%` means nothing then. Raises
    `ProgrammingError` for a bad placeholder or a value that cannot be adapted,
    `TypeError` for a query or parameters of a wrong type.
    """
    text = _text(query, transformer)
    if params is None:
        if isinstance(text, str):
            text = text.encode(encoding)
        return Statement(text, None, (), None)
    plan = (kept_plan if len(text) <= KEPT_LENGTH else make_plan)(text, encoding)
    if not (values := plan.arrange(params)):
        return Statement(plan.text, None, (), None)
    dumped = transformer.dump_sequence(values, plan.formats)
    return Statement(plan.text, dumped, transformer.types or (), transformer.formats)


def bind_each(
    query: Query,
    params_seq: Iterable[Params],
    transformer: Transformer,
    encoding: str,
) -> Iterator[tuple[bytes, Sequence[Buffer | None], tuple[int, ...], Any]]:
    """Yield what `bind()` returns for each set of parameters, as plain tuples."""
    plan = make_plan(_text(query, transformer), encoding)
    text, formats, names = plan
    number = len(formats)
    dump = transformer.dump_sequence
    for params in params_seq:
        if type(params) is tuple and len(params) == number and names is None:
            dumped = dump(params, formats)
        else:
            dumped = dump(plan.arrange(params), formats)
        yield text, dumped, transformer.types or (), transformer.formats


def _text(query: Query, transformer: Transformer) -> str | bytes:
    if isinstance(query, (str, bytes)):
        return query
    if isinstance(query, Composable):
        return query.as_bytes(transformer)
    raise TypeError(
        "query must be str, bytes or an object of pgtwin.sql, not "
        f"{type(query).__qualname__}"
    )


def make_plan(query: str | bytes, encoding: str) -> Plan:
    """Return the plan of a query: `%s`, `%b`, `%t`, `%(name)s`; `%%` is a percent sign.

    Raises `ProgrammingError`, with the place, for anything else after a `%` and for
    names mixed with positions.
    """
    text = query.encode(encoding) if isinstance(query, str) else query
    chunks: list[bytes] = []
    formats: list[PyFormat] = []
    numbers: dict[str, int] = {}
    positional = 0
    end = 0
    for match in PLACEHOLDER.finditer(text):
        chunks.append(text[end : match.start()])
        end = match.end()
        name, letter = match.groups()
        if name is None and letter == b"%":
            chunks.append(b"%")
            continue
        wanted = _FORMATS.get(letter)
        if wanted is None:
            raise ProgrammingError(_complaint(text, match, encoding))
        if name is None:
            positional += 1
            number = positional
            formats.append(wanted)
        else:
            key = name.decode(encoding)
            number = numbers.setdefault(key, len(numbers) + 1)
            if number > len(formats):
                formats.append(wanted)
            elif formats[number - 1] is not wanted:
                raise ProgrammingError(
                    f"placeholder {key!r} has two formats: use one letter of s, b, t"
                )
        if positional and numbers:
            raise ProgrammingError(
                "statement mixes %s with %(name)s: use one kind of placeholder"
            )
        chunks.append(b"$%d" % number)
    chunks.append(text[end:])
    return Plan(b"".join(chunks), formats, tuple(numbers) if numbers else None)


kept_plan = lru_cache(maxsize=512)(make_plan)


def _complaint(text: bytes, match: re.Match[bytes], encoding: str) -> str:
    place = len(text[: match.start()].decode(encoding, "replace")) + 1
    found = match.group().decode(encoding, "replace")
    if match.group(1) is None and match.group(2) == b"(":
        return f"placeholder at character {place} has no closing parenthesis"
    return (
        f"placeholder {found!r} at character {place} is unknown: use %s, %b, %t or "
        "%(name)s, and %% for a percent sign"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
