"""What a driver did, written so that it can be compared and printed.

Two values have the same text only if they are equal and of the same types.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

# Their text tells them from every other type.
_PLAIN = (int, str, bytes, bool, float, type(None))


@dataclass(frozen=True)
class Outcome:
    """What one step did: its value or error, and the state of things afterwards.

    `detail` is shown, and not compared: the messages of errors.
    """

    place: str
    value: str
    state: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True)
class Played:
    """What a whole program did, and left in the database."""

    outcomes: tuple[Outcome, ...]
    effects: str


@dataclass(frozen=True)
class Difference:
    """The first place where two drivers differ."""

    index: int  # of the outcome; -1: the effects
    place: str
    aspect: str  # value, effects, number, or what of the state
    theirs: str
    ours: str
    value: str = ""  # what both have returned, if it is their state that differs
    their_detail: str = ""
    our_detail: str = ""

    def __str__(self) -> str:
        return (
            f"{self.place}: {self.aspect}\n"
            f"  psycopg: {self.theirs}  {self.their_detail}\n"
            f"  pgtwin:  {self.ours}  {self.our_detail}"
        )


def freeze(value: object) -> str:
    """Write a value with its type."""
    cls = type(value)
    if cls in _PLAIN:
        return repr(value)
    if cls is list or cls is tuple:
        inside = ", ".join(map(freeze, value))  # type: ignore[call-overload]
        return f"[{inside}]" if cls is list else f"({inside})"
    if isinstance(value, memoryview):
        return f"memoryview({bytes(value)!r})"
    names = getattr(value, "_fields", None)
    if isinstance(value, tuple) and names is not None:
        named = zip(names, value, strict=True)
        inside = ", ".join(f"{name}={freeze(each)}" for name, each in named)
        return f"{cls.__name__}({inside})"
    if isinstance(value, Mapping):
        pairs = ((freeze(key), freeze(each)) for key, each in value.items())
        return f"{cls.__name__}{{{', '.join(f'{k}: {v}' for k, v in pairs)}}}"
    return repr(value)


def freeze_error(error: BaseException) -> str:
    """Write an error: its SQLSTATE, or its class if it has none."""
    sqlstate = getattr(error, "sqlstate", None)
    return f"raises {sqlstate or type(error).__name__}"


def describe(cursor: Any, types: Mapping[int, str]) -> list[str]:
    """Write what a cursor tells of its result; `types` names those of the database."""
    told = [
        f"rowcount={cursor.rowcount}",
        f"statusmessage={cursor.statusmessage!r}",
        f"rownumber={cursor.rownumber}",
        f"cursor closed={cursor.closed}",
    ]
    try:
        columns = cursor.description
    except Exception as error:
        return [*told, f"description={freeze_error(error)}"]
    if columns is not None:
        columns = [
            (
                each.name,
                types.get(each.type_code, each.type_code),
                *(each.display_size, each.internal_size),
                *(each.precision, each.scale, each.null_ok),
                each.type_display if each.type_code not in types else "",
            )
            for each in columns
        ]
    return [*told, f"description={columns}"]


def differences(theirs: Played, ours: Played) -> Iterator[Difference]:
    """Give the differences in the order of what was done."""
    for index, (one, two) in enumerate(
        zip(theirs.outcomes, ours.outcomes, strict=False)
    ):
        details = (one.detail, two.detail)
        if one.place != two.place:
            yield Difference(
                index, one.place, "place", one.place, two.place, "", *details
            )
        if one.value != two.value:
            values = (one.value, two.value)
            yield Difference(index, one.place, "value", *values, "", *details)
        for before, after in zip_longest(one.state, two.state, fillvalue=""):
            if before != after:
                aspect = (before or after).partition("=")[0]
                yield Difference(
                    *(index, one.place, aspect, before, after, one.value, *details)
                )
    counts = len(theirs.outcomes), len(ours.outcomes)
    if counts[0] != counts[1]:
        yield Difference(min(counts), "end", "number", str(counts[0]), str(counts[1]))
    if theirs.effects != ours.effects:
        yield Difference(-1, "end", "effects", theirs.effects, ours.effects)
