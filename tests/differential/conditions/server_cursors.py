"""Differences of server-side cursors."""

from __future__ import annotations

import re

from tests.differential.conditions.steps_before import (
    ENCODING,
    SETTING,
    executed_before,
    is_of_a_server_cursor,
    steps_before,
)
from tests.differential.outcome import Difference
from tests.differential.steps import Open, Program, Register, texts


def closed_scroll(program: Program, found: Difference) -> bool:
    return (
        found.theirs in ("raises 34000", "raises 25P02")
        and found.ours == "raises InterfaceError"
        and ("fetch scroll" in found.place or "fetch absolute" in found.place)
    )


def closed_execute(program: Program, found: Difference) -> bool:
    """Return whether psycopg has closed a portal for the second time."""
    return (
        (found.theirs, found.ours) == ("raises 34000", "raises InterfaceError")
        and "the cursor is closed" in found.our_detail
        and ".execute(" in found.place
        and is_of_a_server_cursor(program, found)
    )


def closed_by_the_server(program: Program, found: Difference) -> bool:
    """Return whether psycopg has closed a portal that had ended with a transaction."""
    return (
        (found.aspect, found.theirs) == ("value", "raises 34000")
        and not found.ours.startswith("raises ")
        and re.match(r"cur\d(\.execute\(|: close|: leave)", found.place) is not None
        and is_of_a_server_cursor(program, found)
        and bool(executed_before(program, found))
    )


def number_in_a_stream(program: Program, found: Difference) -> bool:
    return (
        (found.aspect, found.theirs, found.ours)
        == ("rownumber", "rownumber=None", "rownumber=0")
        and re.search(r"\.stream\(.*size=", found.place) is not None
        and is_of_a_server_cursor(program, found)
    )


def rows_without_columns(program: Program, found: Difference) -> bool:
    """Return whether a row factory of psycopg has seen no columns, thus no rows."""
    return (
        found.theirs == "raises InterfaceError"
        and "the cursor doesn't have a result" in found.their_detail
        and (
            not found.ours.startswith("raises ")
            or "at least one column expected" in found.our_detail
        )
        and is_of_a_server_cursor(program, found)
    )


def server_cursor_settings(program: Program, found: Difference) -> bool:
    name = found.place[:4]
    return (
        found.aspect == "value"
        and found.place.startswith(f"{name}: fetch")
        and any(
            isinstance(step, Open)
            and str(step).startswith(name)
            and "server" in step.kind
            for step in steps_before(program, found)
        )
        and any(
            SETTING.match(texts(step)) or ENCODING.search(texts(step))
            for step in steps_before(program, found)
        )
    )


def read_as_it_came(program: Program, found: Difference) -> bool:
    """Return whether adapters were registered before binary rows were read."""
    name = found.place[:4]
    before = steps_before(program, found)
    made = [x for x in before if isinstance(x, Open) and str(x).startswith(name)]
    return (
        bool(made)
        and "server" in made[-1].kind
        and made[-1].binary
        and found.place.startswith(f"{name}: fetch")
        and any(
            isinstance(step, Register) and str(step).startswith(name)
            for step in before[before.index(made[-1]) :]
        )
    )


def copy_of_a_server_cursor(program: Program, found: Difference) -> bool:
    return found.ours == "raises 34000" and any(
        ".copy(" in str(step) and str(step).startswith(found.place[:4])
        for step in steps_before(program, found)
    )
