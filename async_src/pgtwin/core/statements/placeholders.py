"""From a query with Python placeholders to a statement with `$1`, `$2` ...

A plan depends on the query's text and its encoding only, never on parameters,
so that it is made once and kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, TypeGuard

from psycopg import pq
from psycopg.adapt import PyFormat
from psycopg.errors import NotSupportedError, ProgrammingError
from psycopg.sql import Composable

from pgtwin.core.statements.size_limits import check_text, check_values
from pgtwin.core.statements.templates import Template, convert

if TYPE_CHECKING:
    from psycopg.abc import Buffer, Transformer

    from pgtwin.core.type_aliases import Params, Query

# Longer texts are mostly written by programs and seldom come twice.
KEPT_LENGTH = 4096

_PLACEHOLDER = re.compile(rb"%(?:\(([^)]*)\))?(.)?", re.DOTALL)
_FORMATS = {b"s": PyFormat.AUTO, b"t": PyFormat.TEXT, b"b": PyFormat.BINARY}


class Statement(NamedTuple):
    """What is sent: the text, the dumped values with their types and formats."""

    text: bytes
    values: Sequence[Buffer | None] | None
    types: tuple[int, ...]
    formats: Sequence[pq.Format] | None

    @property
    def query(self) -> bytes:
        """The text, under the name that it has in psycopg."""
        return self.text

    @property
    def params(self) -> Sequence[Buffer | None] | None:
        """The values, under the name that they have in psycopg."""
        return self.values


# Makes a statement of a tuple, at half of what the class itself takes.
_statement: Callable[[tuple[Any, ...]], Statement] = partial(tuple.__new__, Statement)


class Binder(Protocol):
    """Makes a statement of a query and its parameters, as `bind()` does."""

    def __call__(
        self,
        query: Query,
        params: Params | None,
        transformer: Transformer,
        encoding: str,
        /,
    ) -> Statement: ...


class Plan(NamedTuple):
    """A query's text in the server's words, and the placeholders that it had.

    `pieces` are the text again, with the index of a value for each placeholder.
    """

    text: bytes
    formats: list[PyFormat]
    names: tuple[str, ...] | None
    pieces: tuple[bytes | int, ...]

    def arrange(self, params: Params) -> Sequence[Any]:
        """Return the parameters in the order of `$1`, `$2` ...

        Raises `ProgrammingError` when one is missing or too many, `TypeError` when a
        sequence is given for names or a mapping for positions.
        """
        kind = type(params)
        if kind is not tuple and kind is not list:
            if isinstance(params, Mapping):
                return self._by_name(params)
            if not _is_sequence(params):
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
    `TypeError` for a query or parameters of a wrong type, `DataError` for what no
    message to the server can hold.
    """
    if type(query) is str and type(params) is tuple and len(query) <= KEPT_LENGTH:
        # What most queries are, without a call that can be spared.
        text, formats, names, _ = kept_plan(query, encoding)
        if params and names is None and len(params) == len(formats):
            dumped = transformer.dump_sequence(params, formats)
            check_values(dumped)
            types = transformer.types or ()
            return _statement((text, dumped, types, transformer.formats))
    return _bind(query, params, transformer, encoding)


def _bind(
    query: Query, params: Params | None, transformer: Transformer, encoding: str
) -> Statement:
    text: str | bytes
    if isinstance(query, (str, bytes)):
        text = query
    elif isinstance(query, Composable):
        text = query.as_bytes(transformer)
    else:
        return _bind_template(query, params, transformer, encoding)
    if params is None:
        return _alone(text.encode(encoding) if isinstance(text, str) else text)
    plan = _plan(text, encoding)
    return _with_values(plan.text, plan.arrange(params), plan.formats, transformer)


def _plan(text: str | bytes, encoding: str) -> Plan:
    return (kept_plan if len(text) <= KEPT_LENGTH else make_plan)(text, encoding)


def _alone(text: bytes) -> Statement:
    check_text(text)
    return Statement(text, None, (), None)


def _with_values(
    text: bytes,
    values: Sequence[Any],
    formats: Sequence[PyFormat],
    transformer: Transformer,
) -> Statement:
    if not values:
        return _alone(text)
    check_text(text, len(values))
    dumped = transformer.dump_sequence(values, formats)
    check_values(dumped)
    return Statement(text, dumped, transformer.types or (), transformer.formats)


# What `bind()` returns for one set of parameters, as a plain tuple.
Bound: TypeAlias = tuple[
    bytes,
    "Sequence[Buffer | None] | None",
    tuple[int, ...],
    "Sequence[pq.Format] | None",
]


def bind_each(
    query: str | bytes | Composable, transformer: Transformer, encoding: str
) -> tuple[Callable[[Params], Bound], bool]:
    """Return a function that binds a query to one set of parameters after another.

    It does the same as `bind()`. The second result says whether all placeholders are
    `%s`.
    """
    plan = _plan(
        query.as_bytes(transformer) if isinstance(query, Composable) else query,
        encoding,
    )
    text, formats, names, _ = plan
    number = len(formats)
    check_text(text, number)
    dump = transformer.dump_sequence

    def bind_one(params: Params) -> Bound:
        if type(params) is tuple and len(params) == number and names is None:
            dumped = dump(params, formats)
        else:
            dumped = dump(plan.arrange(params), formats)
        check_values(dumped)
        return text, dumped, transformer.types or (), transformer.formats

    return bind_one, has_plain_placeholders(plan)


def has_plain_placeholders(plan: Plan) -> bool:
    """Return whether all placeholders are `%s`."""
    return plan.names is None and all(each == PyFormat.AUTO for each in plan.formats)


def bind_raw(
    query: Query, params: Params | None, transformer: Transformer, encoding: str
) -> Statement:
    """Return the statement for a query that has the server's placeholders, `$1` ...

    Raises `TypeError` when the parameters are no sequence, `NotSupportedError` for a
    template string.
    """
    if not isinstance(query, (str, bytes, Composable)):
        check_template(query, None)
        raise NotSupportedError(
            "raw cursors take no template strings: use a cursor of another class"
        )
    text = encoded(query, transformer, encoding)
    if params is None:
        return _alone(text)
    if not _is_sequence(params):
        raise TypeError(
            "the parameters of a raw query must be a sequence, not "
            f"{type(params).__qualname__}"
        )
    return _with_values(text, params, [PyFormat.AUTO] * len(params), transformer)


def make_plan(query: str | bytes, encoding: str) -> Plan:
    """Return the plan of a query: `%s`, `%b`, `%t`, `%(name)s`; `%%` is a percent sign.

    So is a `%` at the end of a line. Raises `ProgrammingError`, with the place, for
    anything else after a `%` and for names mixed with positions.
    """
    text = query.encode(encoding) if isinstance(query, str) else query
    pieces: list[bytes | int] = []
    formats: list[PyFormat] = []
    numbers: dict[str, int] = {}
    positional = 0
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        pieces.append(text[end : match.start()])
        end = match.end()
        name, letter = match.groups()
        if name is None and letter == b"%":
            pieces.append(b"%")
            continue
        if match.group() in (b"%", b"%\n"):
            # The end of a comment, or an operator: no letter can be missing there.
            pieces.append(match.group())
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
        pieces.append(number - 1)
    pieces.append(text[end:])
    written = (b"$%d" % (i + 1) if isinstance(i, int) else i for i in pieces)
    names = tuple(numbers) if numbers else None
    return Plan(b"".join(written), formats, names, tuple(pieces))


kept_plan = lru_cache(maxsize=512)(make_plan)


def _bind_template(
    template: Template, params: Params | None, transformer: Transformer, encoding: str
) -> Statement:
    check_template(template, params)
    text, values, formats = convert(template, transformer, encoding)
    return _with_values(text, values, formats, transformer)


def check_template(query: object, params: Params | None) -> None:
    """Raise `TypeError` when a query is nothing that can be executed."""
    if not isinstance(query, Template):
        raise TypeError(
            "query must be str, bytes, a template string or an object of pgtwin.sql, "
            f"not {type(query).__qualname__}"
        )
    if params is not None:
        raise TypeError(
            "a template string carries its own values: execute it without parameters"
        )


def encoded(
    query: str | bytes | Composable, transformer: Transformer, encoding: str
) -> bytes:
    """Return the text of a query, placeholders and all."""
    if isinstance(query, Composable):
        return query.as_bytes(transformer)
    return query.encode(encoding) if isinstance(query, str) else query


def _is_sequence(params: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(params, Sequence) and not isinstance(
        params, (str, bytes, bytearray, memoryview)
    )


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
