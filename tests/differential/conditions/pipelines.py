"""Differences in pipelines."""

from __future__ import annotations

import ast
import re

from pgtwin import errors
from pgtwin.core.server_settings import changes_settings
from tests.differential.conditions.steps_before import (
    ENCODING,
    EXECUTING,
    SETTING,
    executed_before,
    messages_of,
)
from tests.differential.outcome import Difference
from tests.differential.steps import (
    CONNECTION,
    Assign,
    Block,
    Call,
    Close,
    Execute,
    ExecuteMany,
    Fetch,
    Open,
    PipelineBlock,
    Program,
    texts,
    walk,
)

NO_TRANSACTION = "notice 'there is no transaction in progress'"
NOT_IN_A_BLOCK = "notice 'SET LOCAL can only be used in transaction blocks'"
WRITING = re.compile(r"\b(INSERT|UPDATE|DELETE|CREATE|DROP|CALL)\b")


def copy_in_pipeline(program: Program, found: Difference) -> bool:
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


def own_error_of_a_pipeline(program: Program, found: Difference) -> bool:
    """Return whether a program has gone on in a pipeline whose connection it closed."""
    return (
        found.place.startswith("with conn.pipeline")
        and found.theirs == "raises OperationalError"
        and "the connection is closed" in found.their_detail
        and found.ours == "raises ValueError"
        and "list.remove" in found.our_detail
    )


def server_in_pipeline(program: Program, found: Difference) -> bool:
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


def error_in_pipeline(program: Program, found: Difference) -> bool:
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


def nothing_to_commit(program: Program, found: Difference) -> bool:
    return (
        found.place.startswith("with conn.pipeline")
        and found.aspect == "messages"
        and set(messages_of(found.theirs) - messages_of(found.ours)) == {NO_TRANSACTION}
        and set(messages_of(found.ours) - messages_of(found.theirs)) <= {NOT_IN_A_BLOCK}
    )


def unusable(program: Program, found: Difference) -> bool:
    return (found.place, found.theirs, found.ours) == (
        *("afterwards", "unusable", "usable"),
    )


def results_before_many(program: Program, found: Difference) -> bool:
    """Return whether psycopg's results begin with those of statements before."""
    return (
        ".executemany(" in found.place
        and found.place.endswith("returning=True)")
        and found.aspect == "value"
        and found.ours.startswith("[")
        and found.theirs.endswith(f", {found.ours[1:]}")
        and bool(executed_before(program, found))
        and any(isinstance(step, PipelineBlock) for _, step in walk(program.steps))
    )


def rows_of_all_sets(program: Program, found: Difference) -> bool:
    """Return whether a cursor was closed before a pipeline had its results."""
    executed = executed_before(program, found)
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


def joined_block(program: Program, found: Difference) -> bool:
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


def rolled_back_pipeline(program: Program, found: Difference) -> bool:
    """Return whether psycopg left a pipeline whose rollback() pgtwin has survived."""
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


def left_in_a_pipeline(program: Program, found: Difference) -> bool:
    return (
        found.aspect == "number" or (program.autocommit and found.aspect == "effects")
    ) and any(
        step == Close(CONNECTION, "leave")
        for _, block in walk(program.steps)
        if isinstance(block, PipelineBlock)
        for _, step in walk(block.body)
    )


def settings_in_pipeline(program: Program, found: Difference) -> bool:
    told = False
    if found.aspect == "messages":
        theirs, ours = messages_of(found.theirs), messages_of(found.ours)
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


def counted_in_pipeline(program: Program, found: Difference) -> bool:
    """Return whether only pgtwin reads or writes as a pipeline's statement has set.

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


def result_in_pipeline(program: Program, found: Difference) -> bool:
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


def characteristics_at_rest(program: Program, found: Difference) -> bool:
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
