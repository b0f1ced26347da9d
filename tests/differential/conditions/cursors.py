"""Differences of cursors, and in what they execute."""

from __future__ import annotations

import re

from tests.differential.conditions.steps_before import (
    ENCODING,
    EXECUTING,
    SETTING,
    executed_before,
    steps_before,
)
from tests.differential.outcome import Difference
from tests.differential.steps import (
    CONNECTION,
    Assign,
    Close,
    CopyIn,
    CopyOut,
    Execute,
    ExecuteMany,
    Fetch,
    Open,
    Program,
    Register,
    texts,
    walk,
)


def stream_of_nothing(program: Program, found: Difference) -> bool:
    return (
        ".stream(" in found.place
        and found.theirs == "raises InternalError"
        and found.ours == "raises ProgrammingError"
        and "EMPTY_QUERY" in found.their_detail
    )


def binary_client(program: Program, found: Difference) -> bool:
    if "client-side cursors have no binary" not in found.our_detail:
        return False
    if found.aspect == "place":
        # A pipeline that has executed nothing is left by that error alone.
        return found.ours.startswith("with conn.pipeline") and any(
            isinstance(step, ExecuteMany) and not step.sets
            for _, step in walk(program.steps)
        )
    if found.ours != "raises NotSupportedError":
        return False
    if found.theirs in ("None", "[]"):
        return ".executemany(" in found.place and ", [])" in found.place.replace(
            ", returning=True", ""
        )
    return found.theirs.startswith("raises ") and found.theirs[7:8].isalpha()


def adapters_when_closed(program: Program, found: Difference) -> bool:
    return (
        ".adapters: register" in found.place
        and (found.theirs, found.ours) == ("raises OperationalError", "None")
        and "the connection is closed" in found.their_detail
    )


def two_formats(program: Program, found: Difference) -> bool:
    return found.ours == "raises ProgrammingError" and "two formats" in found.our_detail


def single_row_mode(program: Program, found: Difference) -> bool:
    return (
        found.place.startswith("with conn.pipeline") or ".executemany(" in found.place
    ) and re.search(
        "unexpected result status from query: (SINGLE_TUPLE|TUPLES_CHUNK)",
        found.their_detail,
    ) is not None


def closed_twice(program: Program, found: Difference) -> bool:
    return (
        found.theirs == "raises OperationalError"
        and re.search("the connection is (closed|lost)", found.their_detail) is not None
        and "the cursor is closed" in found.our_detail
    )


def nothing_when_closed(program: Program, found: Difference) -> bool:
    return (
        "the connection is closed" in found.their_detail
        and found.ours == "raises ProgrammingError"
        and "no result to fetch from" in found.our_detail
    )


def discarded(program: Program, found: Difference) -> bool:
    return found.theirs == "raises 26000" and any(
        texts(step).startswith(("DISCARD ALL", "DEALLOCATE ALL"))
        for _, step in walk(program.steps)
    )


def row_factory_called(program: Program, found: Difference) -> bool:
    if "has no attribute '_make_row'" in found.their_detail:
        return True  # what is left of one that has failed
    if "can't create a namedtuple row" in found.our_detail:
        # What is left of the statement before.
        return (
            re.search(r"Expected \d+ arguments, got \d+", found.their_detail)
            is not None
        )
    if "can't create a namedtuple row" in found.their_detail:
        # Where an error has left a pipeline, or the call itself has failed.
        return found.aspect == "place" or found.theirs == "raises DataError"
    return (
        (found.theirs, found.ours) == ("raises ProgrammingError", "None")
        and "at least one column expected" in found.their_detail
        and ".row_factory = " in found.place
    )


def many_of_nothing(program: Program, found: Difference) -> bool:
    return (
        ".executemany(" in found.place
        and ", [])" in found.place.replace(", returning=True", "")
        and (found.aspect, found.ours) == ("value", "[]")
    )


def failed_many(program: Program, found: Difference) -> bool:
    executed = executed_before(program, found)
    if not executed or not (
        "no result to fetch from" in found.our_detail
        or "the cursor has 0" in found.our_detail
        or ("fetch nextset" in found.place and found.ours == "None")
        or ("fetch results" in found.place and found.ours == "[]")
    ):
        return False
    # After that an execution that succeeds has a result, of rows or not.
    many = [step for step in executed if isinstance(step, ExecuteMany)]
    return bool(many) and many[-1].returning and len(many[-1].sets) > 1


def none_prepared(program: Program, found: Difference) -> bool:
    return found.theirs == "raises 42601" and any(
        isinstance(step, Assign) and (step.name, step.value) == ("prepared_max", 0)
        for _, step in walk(program.steps)
    )


def cursor_used_again(program: Program, found: Difference) -> bool:
    """Return whether settings of dates have changed since a cursor was used first."""
    before = steps_before(program, found)
    executed = executed_before(program, found)
    if not executed or found.aspect != "value":
        return False
    if "with DateStyle" in found.our_detail and "can't parse" in found.their_detail:
        return True
    if "can't parse" in found.our_detail and not found.their_detail:
        # By what several statements have set in the end, which was undone since.
        return any(re.search(f";.*{SETTING.pattern}", texts(x)) for x in executed)
    first = before.index(executed[0])
    if ".executemany(" in found.place:
        # psycopg goes on with what it has for the cursor, which `execute()` renews.
        return any(ENCODING.search(texts(step)) for step in before[first:])
    return any(SETTING.match(texts(step)) for step in before[first:]) and (
        "date" in found.place or "time" in found.place or "interval" in found.place
    )


def refused_when_closed(program: Program, found: Difference) -> bool:
    """Return whether a cursor's last execution was of a closed connection."""
    if not (
        "no result to fetch from" in found.our_detail
        or "the cursor has 0" in found.our_detail
        or ("fetch results" in found.place and found.ours == "[]")
    ):
        return False
    name = found.place[:4]
    closed = refused = False
    for step in steps_before(program, found):
        if isinstance(step, Close) and step.cursor == CONNECTION:
            closed = True
        elif isinstance(step, Open) and str(step).startswith(name):
            refused = False
        elif isinstance(step, (*EXECUTING, CopyIn, CopyOut)):
            refused = refused or (closed and str(step).startswith(name))
    return refused


def negative_size(program: Program, found: Difference) -> bool:
    # In a pipeline the error is that of its block.
    if found.ours == "raises ValueError":
        return "scroll() goes back" in found.our_detail
    return (found.theirs, found.ours) == (
        *("raises SystemError", "raises InterfaceError"),
    ) and "size must be >= 0, not -1" in found.our_detail


def adapters_of_connection(program: Program, found: Difference) -> bool:
    """Return whether a cursor was made before the connection was given adapters.

    What was executed before that is none of it.
    """
    name = found.place[:4]
    made = registered = executed = False
    for _, step in walk(program.steps):
        place = str(step)
        if made and isinstance(step, Register) and step.cursor == CONNECTION:
            registered = True
            executed = False
        if name == "cur0" and isinstance(step, Execute) and step.cursor == CONNECTION:
            made, registered, executed = True, False, False
        if place.startswith(name):
            if isinstance(step, Open):
                made, registered = True, False
            made = True
            executed = executed or not isinstance(step, Fetch)
            if place == found.place and registered and executed:
                return found.aspect in ("value", "place", "rowcount")
    return False


def dumper_of_the_same_query(program: Program, found: Difference) -> bool:
    return found.aspect == "value" and any(
        isinstance(step, Register)
        and step.adapter.startswith("dumper")
        and str(step).startswith(found.place[:4])
        for step in steps_before(program, found)
    )


def bytes_as_names(program: Program, found: Difference) -> bool:
    # In a pipeline psycopg's error is that of its block.
    return (
        found.theirs == "raises AttributeError" or found.aspect == "place"
    ) and "'bytes' object has no attribute" in found.their_detail
