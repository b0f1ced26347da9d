"""Differences that are meant, each as narrow as it can be told.

Each sentence says what pgtwin does otherwise, and why; what users can tell stands
in `BEHAVIOR` of tools/compatibility/reasons.py too. After such a difference the rest
of the program is not compared, unless it is harmless: the two have gone different ways.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from pgtwin import errors
from pgtwin.core.server_settings import changes_settings
from tests.differential.outcome import Difference
from tests.differential.steps import (
    CONNECTION,
    Assign,
    Block,
    Call,
    Close,
    CopyIn,
    CopyOut,
    Execute,
    ExecuteMany,
    Fetch,
    Open,
    PipelineBlock,
    Program,
    Register,
    Step,
    Stream,
    texts,
    walk,
)
from tests.differential.values import FETCHED

EXECUTING = (Execute, ExecuteMany, Stream)
# By what psycopg's loaders of dates and times read, from their first value on.
SETTING = re.compile(r"(SET|SET LOCAL|RESET) (DateStyle|IntervalStyle|TimeZone)\b")
ENCODING = re.compile(r"\b(SET|SET LOCAL|RESET) (client_encoding|NAMES)\b")
NO_TRANSACTION = "notice 'there is no transaction in progress'"
NOT_IN_A_BLOCK = "notice 'SET LOCAL can only be used in transaction blocks'"
# Encodings with characters that end in the byte of a backslash.
BACKSLASHES = re.compile(r"\b(SJIS|BIG5|GBK|GB18030|JOHAB|UHC)\b")
WRITING = re.compile(r"\b(INSERT|UPDATE|DELETE|CREATE|DROP|CALL)\b")
# What ends a transaction block in SQL, and begins no other transaction.
ENDING = re.compile(r"(COMMIT|ROLLBACK|ABORT)$")


@dataclass(frozen=True)
class Explanation:
    """Why a difference is meant, and which ones."""

    sentence: str
    applies: Callable[[Program, Difference], bool]
    harmless: bool = False  # whether what follows can be compared


def _before(program: Program, found: Difference) -> list[Step]:
    """Return the steps before the last one of the place of a difference."""
    steps = [step for _, step in walk(program.steps)]
    places = [str(step) for step in steps]
    if found.place not in places:
        return []
    return steps[: len(places) - 1 - places[::-1].index(found.place)]


def _of_a_server_cursor(program: Program, found: Difference) -> bool:
    """Return whether the place of a difference is a server-side cursor's."""
    name = found.place[:4]
    opened = [
        step
        for step in _before(program, found)
        if isinstance(step, Open) and str(step).startswith(name)
    ]
    return bool(opened) and "server" in opened[-1].kind


def _executed_before(program: Program, found: Difference) -> list[Step]:
    """Return what the cursor of a difference has executed before, since it was made."""
    name = found.place[:4]
    executed: list[Step] = []
    for step in _before(program, found):
        if isinstance(step, Open) and str(step).startswith(name):
            executed = []
        elif isinstance(step, EXECUTING) and (
            str(step).startswith(name) or (name == "cur0" and step.cursor == CONNECTION)
        ):
            executed.append(step)
    return executed


def _messages(text: str) -> Counter[str]:
    """Count the messages of a state."""
    return Counter(ast.literal_eval(text.removeprefix("messages=")))


def _copy_executed(program: Program, found: Difference) -> bool:
    return (
        (found.aspect, found.theirs) == ("status", "status=ACTIVE")
        and found.value == "raises ProgrammingError"
        and "COPY" in found.place
    )


def _backslash_in_a_character(program: Program, found: Difference) -> bool:
    """Return whether psycopg has escaped a byte of a character in COPY rows."""
    encodings = [program.client_encoding or ""]
    encodings += [texts(step) for _, step in walk(program.steps)]
    written = any(
        isinstance(step, CopyIn)
        and {"kanji", "hangul"} & {x for r in step.rows for x in r}
        for _, step in walk(program.steps)
    )
    refused = (
        ".copy(" in found.place
        and found.theirs.startswith("raises 22")
        and found.ours == "None"
    )
    return (
        written
        and any(BACKSLASHES.search(each) for each in encodings)
        and (refused or found.aspect == "effects")
    )


def _no_number(program: Program, found: Difference) -> bool:
    return (
        "types=" in found.place
        and "float" in found.place
        and found.ours == "raises ValueError"
        and found.our_detail.startswith("ValueError: could not convert string to float")
    )


def _copy_in_pipeline(program: Program, found: Difference) -> bool:
    return any(
        isinstance(step, Execute) and "COPY " in texts(step)
        for _, block in walk(program.steps)
        if isinstance(block, PipelineBlock)
        for _, step in walk(block.body)
    ) and (
        (found.aspect, found.place) == ("number", "end")
        or (
            found.place.startswith("with conn.pipeline")
            and "COPY cannot be executed" in found.our_detail
            and found.theirs in ("raises OperationalError", "raises ProgrammingError")
        )
    )


def _copy_tag(program: Program, found: Difference) -> bool:
    if "fetch results" in found.place and found.aspect == "value":
        return found.theirs == re.sub(r"'COPY \d+'", "None", found.ours)
    return found.theirs == "statusmessage=None" and found.ours.startswith(
        "statusmessage='COPY "
    )


def _copy_left(program: Program, found: Difference) -> bool:
    return (
        ".copy(" in found.place
        and "stop=" in found.place
        and (found.aspect, found.theirs) == ("status", "status=ACTIVE")
    )


def _stream_of_nothing(program: Program, found: Difference) -> bool:
    return (
        ".stream(" in found.place
        and found.theirs == "raises InternalError"
        and found.ours == "raises ProgrammingError"
        and "EMPTY_QUERY" in found.their_detail
    )


def _left_within(program: Program, found: Difference) -> bool:
    return (
        found.place.startswith("conn: leave")
        and (found.aspect, found.ours) == ("status", "status=UNKNOWN")
        and found.value == "raises ProgrammingError"
        and "forbidden within a Transaction" in found.their_detail
    )


def _binary_client(program: Program, found: Difference) -> bool:
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


def _adapters_when_closed(program: Program, found: Difference) -> bool:
    return (
        ".adapters: register" in found.place
        and (found.theirs, found.ours) == ("raises OperationalError", "None")
        and "the connection is closed" in found.their_detail
    )


def _two_formats(program: Program, found: Difference) -> bool:
    return found.ours == "raises ProgrammingError" and "two formats" in found.our_detail


def _closed_scroll(program: Program, found: Difference) -> bool:
    return (
        found.theirs in ("raises 34000", "raises 25P02")
        and found.ours == "raises InterfaceError"
        and ("fetch scroll" in found.place or "fetch absolute" in found.place)
    )


def _closed_execute(program: Program, found: Difference) -> bool:
    """Return whether psycopg has closed a portal for the second time."""
    return (
        (found.theirs, found.ours) == ("raises 34000", "raises InterfaceError")
        and "the cursor is closed" in found.our_detail
        and ".execute(" in found.place
        and _of_a_server_cursor(program, found)
    )


def _closed_by_the_server(program: Program, found: Difference) -> bool:
    """Return whether psycopg has closed a portal that had ended with a transaction."""
    return (
        (found.aspect, found.theirs) == ("value", "raises 34000")
        and not found.ours.startswith("raises ")
        and re.match(r"cur\d(\.execute\(|: close|: leave)", found.place) is not None
        and _of_a_server_cursor(program, found)
        and bool(_executed_before(program, found))
    )


def _number_in_a_stream(program: Program, found: Difference) -> bool:
    return (
        (found.aspect, found.theirs, found.ours)
        == ("rownumber", "rownumber=None", "rownumber=0")
        and re.search(r"\.stream\(.*size=", found.place) is not None
        and _of_a_server_cursor(program, found)
    )


def _own_error_of_a_pipeline(program: Program, found: Difference) -> bool:
    """Return whether a program has gone on in a pipeline whose connection it closed."""
    return (
        found.place.startswith("with conn.pipeline")
        and found.theirs == "raises OperationalError"
        and "the connection is closed" in found.their_detail
        and found.ours == "raises ValueError"
        and "list.remove" in found.our_detail
    )


def _rows_without_columns(program: Program, found: Difference) -> bool:
    """Return whether a row factory of psycopg has seen no columns, so no rows."""
    return (
        found.theirs == "raises InterfaceError"
        and "the cursor doesn't have a result" in found.their_detail
        and (
            not found.ours.startswith("raises ")
            or "at least one column expected" in found.our_detail
        )
        and _of_a_server_cursor(program, found)
    )


def _single_row_mode(program: Program, found: Difference) -> bool:
    return (
        found.place.startswith("with conn.pipeline") or ".executemany(" in found.place
    ) and re.search(
        "unexpected result status from query: (SINGLE_TUPLE|TUPLES_CHUNK)",
        found.their_detail,
    ) is not None


def _server_in_pipeline(program: Program, found: Difference) -> bool:
    if "server-side cursors not supported in pipeline" in found.their_detail:
        return "the cursor is closed" in found.our_detail
    if found.their_detail == "AssertionError: ":
        # psycopg cannot close one there, which pgtwin can.
        return (
            found.place.startswith("with conn.pipeline")
            and "AssertionError" not in found.our_detail
            and any(
                isinstance(step, Open) and "server" in step.kind
                for _, step in walk(program.steps)
            )
        )
    return (
        found.place.startswith("with conn.pipeline")
        and found.ours == "raises NotSupportedError"
        and "cannot be opened in a pipeline" in found.our_detail
        and found.theirs.startswith("raises ")
    )


def _closed_twice(program: Program, found: Difference) -> bool:
    return (
        found.theirs == "raises OperationalError"
        and re.search("the connection is (closed|lost)", found.their_detail) is not None
        and "the cursor is closed" in found.our_detail
    )


def _error_in_pipeline(program: Program, found: Difference) -> bool:
    if found.aspect == "place":
        # An error that has come by then ends the block, one that is late does not.
        return any(
            place.startswith("with conn.pipeline") and _is_of_the_server(detail)
            for place, detail in (
                (found.theirs, found.their_detail),
                (found.ours, found.our_detail),
            )
        )
    raised = [
        text.removeprefix("raises ")
        for text in (found.theirs, found.ours)
        if text.startswith("raises ")
    ]
    return (
        (found.place.startswith("with conn.pipeline") or ".executemany(" in found.place)
        and len(raised) == 2
        and raised[0][0].isalpha() != raised[1][0].isalpha()
    )


def _is_of_the_server(detail: str) -> bool:
    """Return whether an error has an SQLSTATE, by its class."""
    name = detail.partition(":")[0]
    return getattr(getattr(errors, name, None), "sqlstate", None) is not None


def _nothing_when_closed(program: Program, found: Difference) -> bool:
    return (
        "the connection is closed" in found.their_detail
        and found.ours == "raises ProgrammingError"
        and "no result to fetch from" in found.our_detail
    )


def _discarded(program: Program, found: Difference) -> bool:
    return found.theirs == "raises 26000" and any(
        texts(step).startswith(("DISCARD ALL", "DEALLOCATE ALL"))
        for _, step in walk(program.steps)
    )


def _savepoint_undone(program: Program, found: Difference) -> bool:
    return (
        found.place.startswith("with conn.transaction(")
        and (found.aspect, found.theirs, found.ours)
        == ("status", "status=INERROR", "status=INTRANS")
        and found.value == "raises 25P02"
    )


def _nothing_to_commit(program: Program, found: Difference) -> bool:
    return (
        found.place.startswith("with conn.pipeline")
        and found.aspect == "messages"
        and set(_messages(found.theirs) - _messages(found.ours)) == {NO_TRANSACTION}
        and set(_messages(found.ours) - _messages(found.theirs)) <= {NOT_IN_A_BLOCK}
    )


def _unusable(program: Program, found: Difference) -> bool:
    return (found.place, found.theirs, found.ours) == (
        *("afterwards", "unusable", "usable"),
    )


def _row_factory_called(program: Program, found: Difference) -> bool:
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


def _many_of_nothing(program: Program, found: Difference) -> bool:
    return (
        ".executemany(" in found.place
        and ", [])" in found.place.replace(", returning=True", "")
        and (found.aspect, found.ours) == ("value", "[]")
    )


def _results_before_many(program: Program, found: Difference) -> bool:
    """Return whether psycopg's results begin with those of statements before."""
    return (
        ".executemany(" in found.place
        and found.place.endswith("returning=True)")
        and found.aspect == "value"
        and found.ours.startswith("[")
        and found.theirs.endswith(f", {found.ours[1:]}")
        and bool(_executed_before(program, found))
        and any(isinstance(step, PipelineBlock) for _, step in walk(program.steps))
    )


def _failed_many(program: Program, found: Difference) -> bool:
    executed = _executed_before(program, found)
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


def _rows_of_all_sets(program: Program, found: Difference) -> bool:
    """Return whether a cursor was closed before a pipeline had its results."""
    executed = _executed_before(program, found)
    if found.aspect != "rowcount" or not executed:
        return False
    last = executed[-1]
    return (
        isinstance(last, ExecuteMany)
        and len(last.sets) > 1
        and any(
            isinstance(step, Close) and step.cursor == last.cursor
            for _, block in walk(program.steps)
            if isinstance(block, PipelineBlock) and last in block.body
            for _, step in walk(block.body)
        )
    )


def _none_prepared(program: Program, found: Difference) -> bool:
    return found.theirs == "raises 42601" and any(
        isinstance(step, Assign) and (step.name, step.value) == ("prepared_max", 0)
        for _, step in walk(program.steps)
    )


def _joined_block(program: Program, found: Difference) -> bool:
    if not program.autocommit or found.aspect != "effects":
        return False
    for _, block in walk(program.steps):
        if not isinstance(block, PipelineBlock):
            continue
        executed = False
        for step in block.body:
            if isinstance(step, Block):
                rolled_back = step.force_rollback or step.ending != "normal"
                # A statement inside may have failed, too.
                if executed and (rolled_back or _rows_lost(found)):
                    return True
            executed = executed or isinstance(step, EXECUTING)
    return False


def _rows_lost(found: Difference) -> bool:
    """Return whether psycopg has left fewer rows behind."""
    theirs, ours = (ast.literal_eval(text)[1] for text in (found.theirs, found.ours))
    return len(theirs) < len(ours)


def _rolled_back_pipeline(program: Program, found: Difference) -> bool:
    """Return whether psycopg has left a pipeline after a rollback() that pgtwin did."""
    raised = found.theirs.startswith("raises ") and found.aspect == "value"
    left = found.aspect == "place"
    if not (raised or left) or not found.place.startswith("with conn.pipeline"):
        return False
    for _, block in walk(program.steps):
        if not isinstance(block, PipelineBlock):
            continue
        steps = [step for _, step in walk(block.body)]
        if Call("rollback") not in steps:
            continue
        before = steps[: steps.index(Call("rollback"))]
        if any(isinstance(step, EXECUTING) for step in before):
            if raised:  # by both, and by pgtwin for a statement after that
                return found.ours.startswith("raises ")
            return bool(found.their_detail) and found.ours in map(str, steps)
    return False


def _characteristics(program: Program, found: Difference) -> bool:
    return (
        (found.theirs, found.ours) == ("None", "raises ProgrammingError")
        and "cannot be used inside a transaction() block" in found.our_detail
        and found.our_detail.startswith(
            ("ProgrammingError: setting ", "ProgrammingError: tpc_begin() ")
        )
    )


def _server_cursor_settings(program: Program, found: Difference) -> bool:
    name = found.place[:4]
    return (
        found.aspect == "value"
        and found.place.startswith(f"{name}: fetch")
        and any(
            isinstance(step, Open)
            and str(step).startswith(name)
            and "server" in step.kind
            for step in _before(program, found)
        )
        and any(
            SETTING.match(texts(step)) or ENCODING.search(texts(step))
            for step in _before(program, found)
        )
    )


def _cursor_used_again(program: Program, found: Difference) -> bool:
    """Return whether settings of dates have changed since a cursor was used first."""
    before = _before(program, found)
    executed = _executed_before(program, found)
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


def _read_as_it_came(program: Program, found: Difference) -> bool:
    """Return whether adapters were registered before binary rows were read."""
    name = found.place[:4]
    before = _before(program, found)
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


def _refused_when_closed(program: Program, found: Difference) -> bool:
    """Return whether a cursor's last execution was of a closed connection."""
    if not (
        "no result to fetch from" in found.our_detail
        or "the cursor has 0" in found.our_detail
        or ("fetch results" in found.place and found.ours == "[]")
    ):
        return False
    name = found.place[:4]
    closed = refused = False
    for step in _before(program, found):
        if isinstance(step, Close) and step.cursor == CONNECTION:
            closed = True
        elif isinstance(step, Open) and str(step).startswith(name):
            refused = False
        elif isinstance(step, (*EXECUTING, CopyIn, CopyOut)):
            refused = refused or (closed and str(step).startswith(name))
    return refused


def _left_in_a_pipeline(program: Program, found: Difference) -> bool:
    return (
        found.aspect == "number" or (program.autocommit and found.aspect == "effects")
    ) and any(
        step == Close(CONNECTION, "leave")
        for _, block in walk(program.steps)
        if isinstance(block, PipelineBlock)
        for _, step in walk(block.body)
    )


def _negative_size(program: Program, found: Difference) -> bool:
    # In a pipeline the error is that of its block.
    if found.ours == "raises ValueError":
        return "scroll() goes back" in found.our_detail
    return (found.theirs, found.ours) == (
        *("raises SystemError", "raises InterfaceError"),
    ) and "size must be >= 0, not -1" in found.our_detail


def _adapters_of_connection(program: Program, found: Difference) -> bool:
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


def _refused_connection(program: Program, found: Difference) -> bool:
    return (
        found.place == "connect"
        and found.theirs == "raises OperationalError"
        and "FATAL: " in found.their_detail
        and found.ours[7:].isalnum()
        and len(found.ours) == len("raises 0A000")
    )


def _refused_value(program: Program, found: Difference) -> bool:
    return (
        ".copy(" in found.place
        and found.aspect == "value"
        and found.ours == "raises DataError"
        and (
            "is not what" in found.our_detail
            or "does not fit the type of its column" in found.our_detail
        )
    )


def _begun_after_preparing(program: Program, found: Difference) -> bool:
    return (
        "two-phase transaction" in found.our_detail
        and (
            (found.aspect, found.ours) == ("value", "raises ProgrammingError")
            or found.aspect == "place"
        )
        and any(
            step == Call("tpc_prepare") or ENDING.match(texts(step))
            for _, step in walk(program.steps)
        )
    )


def _left_in_two_phases(program: Program, found: Difference) -> bool:
    return (
        found.place.startswith("conn: leave")
        and (found.aspect, found.ours) == ("status", "status=UNKNOWN")
        and "during a two-phase transaction" in found.their_detail
    )


def _settings_in_pipeline(program: Program, found: Difference) -> bool:
    told = False
    if found.aspect == "messages":
        theirs, ours = _messages(found.theirs), _messages(found.ours)
        told = theirs < ours and set(ours - theirs) == {NOT_IN_A_BLOCK}
    if not told and not (program.autocommit and found.aspect == "effects"):
        return False
    for _, block in walk(program.steps):
        if not isinstance(block, PipelineBlock):
            continue
        written = False
        for _, step in walk(block.body):
            settings = isinstance(step, Execute) and (
                changes_settings(texts(step).encode())
            )
            if settings and (told or written):
                return True
            written = written or bool(WRITING.search(texts(step)))
    return False


def _counted_in_pipeline(program: Program, found: Difference) -> bool:
    """Return whether only pgtwin reads or writes with settings of a pipeline.

    It is told by the error: psycopg's of a first row that is read by a style that it
    has not, or ours of a text that the client's new encoding has not.
    """
    if found.aspect == "place":
        statement = ENCODING
        told = found.ours.startswith("with conn.pipeline") and (
            found.our_detail.startswith("UnicodeEncodeError")
        )
    else:
        statement = SETTING
        told = (
            found.place.startswith("with conn.pipeline")
            and "can't parse" in found.their_detail
            and "with DateStyle" in found.our_detail
        )
    return told and any(
        statement.search(texts(step))
        for _, block in walk(program.steps)
        if isinstance(block, PipelineBlock)
        for _, step in walk(block.body)
    )


def _block_in_an_ended_one(program: Program, found: Difference) -> bool:
    """Return whether psycopg counts blocks wrongly: one was refused in an ended one."""
    if "OutOfOrderTransactionNesting" in found.ours or not (
        found.theirs == "raises OutOfOrderTransactionNesting"
        or "within a Transaction context" in found.their_detail
    ):
        return False
    before = _before(program, found)
    for outer in [step for _, step in walk(program.steps)]:
        if not isinstance(outer, Block) or not (
            str(outer) == found.place or outer in before
        ):
            continue
        ended = False
        for _, step in walk(outer.body):
            # psycopg looks types up in a block of its own.
            looked_up = isinstance(step, Register) and step.adapter in FETCHED
            if ended and (looked_up or isinstance(step, Block)):
                return True
            ended = ended or bool(ENDING.match(texts(step)))
    return False


def _savepoint_of_another(program: Program, found: Difference) -> bool:
    return (
        found.place.startswith("with conn.transaction(savepoint=")
        and (found.aspect, found.theirs, found.ours)
        == ("status", "status=INTRANS", "status=INERROR")
        and found.value == "raises 25P02"
        and any(
            isinstance(outer, Block)
            and outer.savepoint is not None
            and any(
                isinstance(inner, Block) and inner.savepoint == outer.savepoint
                for _, inner in walk(outer.body)
            )
            for _, outer in walk(program.steps)
        )
    )


def _name_by_a_dumper(program: Program, found: Difference) -> bool:
    return (
        found.place.startswith("conn.tpc_")
        and found.theirs == "raises 42601"
        and 'at or near "::"' in found.their_detail
    )


def _prepared_nothing(program: Program, found: Difference) -> bool:
    return (
        (found.place, found.theirs, found.ours)
        == ("conn.tpc_prepare()", "None", "raises ProgrammingError")
    ) and "nothing was prepared" in found.our_detail


def _result_in_pipeline(program: Program, found: Difference) -> bool:
    if "fetch results" in found.place and found.aspect == "value":
        return found.theirs == "[]" and any(
            str(step) == found.place
            for _, block in walk(program.steps)
            if isinstance(block, PipelineBlock)
            for _, step in walk(block.body)
        )
    return (
        found.place.startswith("with conn.pipeline")
        and "out of range: 0 result(s) available" in found.their_detail
        and found.ours != "raises IndexError"
    )


def _characteristics_at_rest(program: Program, found: Difference) -> bool:
    """Return whether only psycopg's pipeline is busy when characteristics are set."""
    if "now: connection in transaction status ACTIVE" not in found.their_detail:
        return False
    for _, block in walk(program.steps):
        if not isinstance(block, PipelineBlock):
            continue
        waited = False
        for _, step in walk(block.body):
            if isinstance(step, Assign) and step.cursor == CONNECTION and waited:
                return True
            waited = (
                waited
                or changes_settings(texts(step).encode())
                or (isinstance(step, Fetch) and step.how in ("results", "set_result"))
            )
    return False


def _copy_of_a_server_cursor(program: Program, found: Difference) -> bool:
    return found.ours == "raises 34000" and any(
        ".copy(" in str(step) and str(step).startswith(found.place[:4])
        for step in _before(program, found)
    )


def _dumper_of_the_same_query(program: Program, found: Difference) -> bool:
    return found.aspect == "value" and any(
        isinstance(step, Register)
        and step.adapter.startswith("dumper")
        and str(step).startswith(found.place[:4])
        for step in _before(program, found)
    )


def _bytes_as_names(program: Program, found: Difference) -> bool:
    # In a pipeline psycopg's error is that of its block.
    return (
        found.theirs == "raises AttributeError" or found.aspect == "place"
    ) and "'bytes' object has no attribute" in found.their_detail


def _lost_in_a_block(program: Program, found: Difference) -> bool:
    return (
        found.place.startswith("with conn.transaction")
        and (found.theirs, found.ours) == ("'left'", "raises OperationalError")
        and "the connection is lost" in found.our_detail
    )


def _text_in_ascii(program: Program, found: Difference) -> bool:
    return (
        "how='write'" in found.place
        and found.theirs == "raises UnicodeEncodeError"
        and "'ascii' codec" in found.their_detail
    )


EXPLAINED: tuple[Explanation, ...] = (
    Explanation(
        "A refusal by the server has its SQLSTATE and class, so that programs can "
        "tell.",
        _refused_connection,
    ),
    Explanation(
        "COPY refuses what psycopg changes, or sends in a size that the column does "
        "not have.",
        _refused_value,
    ),
    Explanation(
        "`write()` of a COPY takes text when the encoding is SQL_ASCII, as UTF-8: "
        "`write_row()` does so, in psycopg too.",
        _text_in_ascii,
    ),
    Explanation(
        "Nothing can be executed after `tpc_prepare()`, nor when SQL has ended a "
        "two-phase transaction: psycopg begins another transaction.",
        _begun_after_preparing,
    ),
    Explanation(
        "COPY rows are right where a character ends in the byte of a backslash.",
        _backslash_in_a_character,
    ),
    Explanation(
        "What is no number is not read as one by the rows of a COPY, if its type is "
        "said to be: psycopg's compiled loader reads as far as it can.",
        _no_number,
    ),
    Explanation(
        "`execute()` of a COPY raises the same error and leaves the connection usable.",
        _copy_executed,
    ),
    Explanation(
        "`execute()` of a COPY in a pipeline closes the connection, which nobody can "
        "use any more: psycopg leaves it as it is.",
        _copy_in_pipeline,
    ),
    Explanation(
        "After `copy()`, `statusmessage` is the server's.", _copy_tag, harmless=True
    ),
    Explanation(
        "A block of `copy()` that is left before anything was read leaves the "
        "connection usable.",
        _copy_left,
    ),
    Explanation(
        '`stream("")` raises `ProgrammingError`, not `InternalError`.',
        _stream_of_nothing,
    ),
    Explanation(
        "A connection's block that is left inside a transaction block closes it.",
        _left_within,
    ),
    Explanation(
        "Of two errors in one call, either is raised: a client cursor asked for binary "
        "results says so first, also when there is nothing to execute.",
        _binary_client,
    ),
    Explanation(
        "Adapters can be registered on a cursor whose connection is closed.",
        _adapters_when_closed,
    ),
    Explanation(
        "A client cursor too refuses a name with two formats, as in `%(x)s, %(x)t`.",
        _two_formats,
    ),
    Explanation(
        "`scroll()` of a closed server-side cursor raises `InterfaceError`.",
        _closed_scroll,
    ),
    Explanation(
        "`execute()` of a closed server-side cursor raises `InterfaceError`: psycopg "
        "closes its portal again first.",
        _closed_execute,
    ),
    Explanation(
        "A server-side cursor that ended with a transaction can be executed and "
        "closed: psycopg's CLOSE fails.",
        _closed_by_the_server,
    ),
    Explanation(
        "After a stream in chunks `rownumber` of a server-side cursor depends on which "
        "result psycopg has seen last.",
        _number_in_a_stream,
        harmless=True,
    ),
    Explanation(
        "Of two errors in a pipeline whose connection was closed, the block's own or a "
        "later one is raised.",
        _own_error_of_a_pipeline,
    ),
    Explanation(
        "Rows without columns of a server-side cursor are rows for any row factory.",
        _rows_without_columns,
    ),
    Explanation(
        "A pipeline or `executemany()` may follow a stream: psycopg leaves libpq in "
        "single-row mode.",
        _single_row_mode,
    ),
    Explanation(
        "Of two errors in one call, either is raised: the cursor's end or the "
        "connection's.",
        _closed_twice,
    ),
    Explanation(
        "In a pipeline or batch an error of the server may be raised by a call after "
        "it, before a later one of the client, or at the end.",
        _error_in_pipeline,
    ),
    Explanation(
        "A cursor without results says so, whether its connection is closed or not.",
        _nothing_when_closed,
    ),
    Explanation(
        "After `DISCARD ALL` statements are prepared again; psycopg's are lost.",
        _discarded,
    ),
    Explanation(
        "A nested transaction block that cannot be released is rolled back to its "
        "savepoint: the outer block can go on.",
        _savepoint_undone,
    ),
    Explanation(
        "`commit()` in a pipeline sends nothing when no transaction is open: there is "
        "no warning.",
        _nothing_to_commit,
    ),
    Explanation(
        "After an error in a pipeline the connection is usable, also where psycopg's "
        "is not.",
        _unusable,
    ),
    Explanation(
        "A row factory is called when the first row is fetched, not by `execute()`.",
        _row_factory_called,
    ),
    Explanation(
        "After an `executemany()` of nothing the results of the statement before are "
        "gone, in a pipeline too.",
        _many_of_nothing,
    ),
    Explanation(
        "`executemany()` in a pipeline has no results of the cursor's statements "
        "before it.",
        _results_before_many,
    ),
    Explanation(
        "After an `executemany()` that failed the cursor has no results, and "
        "`rowcount` is -1.",
        _failed_many,
    ),
    Explanation(
        "`rowcount` counts the rows of all sets where the cursor is closed in a "
        "pipeline.",
        _rows_of_all_sets,
    ),
    Explanation("With `prepared_max` 0 no statement is prepared.", _none_prepared),
    Explanation(
        "A transaction block in a pipeline does not roll back what was executed in "
        "autocommit mode before it.",
        _joined_block,
    ),
    Explanation(
        "`rollback()` in a pipeline does not raise the errors of what it rolls back.",
        _rolled_back_pipeline,
    ),
    Explanation(
        "Inside a transaction block the characteristics of transactions are not set, "
        "and no two-phase transaction begins, whatever SQL has ended the transaction.",
        _characteristics,
    ),
    Explanation(
        "Rows of a server-side cursor are read by the settings with which they were "
        "fetched, psycopg's by those of the first ones.",
        _server_cursor_settings,
    ),
    Explanation(
        "A cursor that is used again reads by the settings that hold then, psycopg's "
        "by those of its first result.",
        _cursor_used_again,
    ),
    Explanation(
        "Rows of a server-side cursor in binary format are read so, also after "
        "adapters were registered on the cursor.",
        _read_as_it_came,
    ),
    Explanation(
        "What a closed connection was asked to execute takes the place of the results "
        "before it.",
        _refused_when_closed,
    ),
    Explanation(
        "A connection's block that is left in a pipeline commits what autocommit mode "
        "has sent there; psycopg loses it.",
        _left_in_a_pipeline,
    ),
    Explanation(
        "A connection's block that is left inside a two-phase transaction closes it.",
        _left_in_two_phases,
    ),
    Explanation(
        "A statement that sets a style in a pipeline ends the implicit transaction.",
        _settings_in_pipeline,
    ),
    Explanation(
        "A statement that sets a style or the encoding in a pipeline counts for what "
        "comes after it.",
        _counted_in_pipeline,
    ),
    Explanation(
        "After a transaction block that was refused in an ended one, psycopg refuses "
        "others too.",
        _block_in_an_ended_one,
    ),
    Explanation(
        "A transaction block that cannot be entered rolls back nothing: psycopg does "
        "so to another block's savepoint if that has its name.",
        _savepoint_of_another,
    ),
    Explanation(
        "The name of a two-phase transaction is quoted without dumpers of users.",
        _name_by_a_dumper,
    ),
    Explanation(
        "`tpc_prepare()` raises when a statement had failed: nothing is prepared.",
        _prepared_nothing,
    ),
    Explanation(
        "`set_result()` and `results()` wait for the results in a pipeline.",
        _result_in_pipeline,
    ),
    Explanation(
        "After a statement that sets a style, and after `set_result()` or `results()`, "
        "a pipeline is at rest, so that what new transactions are like can be set.",
        _characteristics_at_rest,
    ),
    Explanation(
        "A server-side cursor that has executed a COPY has no portal to fetch from.",
        _copy_of_a_server_cursor,
    ),
    Explanation(
        "A dumper that is registered on a cursor counts from the next execution on, "
        "also of the same query.",
        _dumper_of_the_same_query,
    ),
    Explanation(
        "Names of types are text in SQL_ASCII too, where psycopg's are bytes.",
        _bytes_as_names,
    ),
    Explanation(
        "A transaction block whose connection is lost raises `OperationalError`: "
        "nothing was committed.",
        _lost_in_a_block,
    ),
    Explanation(
        "`fetchmany()` of a negative size raises `InterfaceError` anywhere, and of a "
        "server-side cursor `ValueError`.",
        _negative_size,
    ),
    Explanation(
        "A server-side cursor is refused in a pipeline, whatever it is asked.",
        _server_in_pipeline,
    ),
    Explanation(
        "Adapters that a connection is given count for the cursors that it has made "
        "too.",
        _adapters_of_connection,
    ),
)


def explain(program: Program, difference: Difference) -> Explanation | None:
    """Return why a difference is meant, `None` if nobody has said so."""
    for each in EXPLAINED:
        if each.applies(program, difference):
            return each
    return None
