"""Differences that are meant, each as narrow as it can be told.

Each sentence says what pgtwin does otherwise, and why; what users can tell stands
in `BEHAVIOR` of tools/compatibility/reasons.py too. After such a difference the rest
of the program is not compared, unless it is harmless: the two have gone different ways.
The modules of `conditions` tell where a sentence applies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.differential.conditions import (
    copies,
    cursors,
    pipelines,
    server_cursors,
    transactions,
)
from tests.differential.outcome import Difference
from tests.differential.steps import Program


@dataclass(frozen=True)
class Explanation:
    """Why a difference is meant, and which ones."""

    sentence: str
    applies: Callable[[Program, Difference], bool]
    harmless: bool = False  # whether what follows can be compared


EXPLAINED: tuple[Explanation, ...] = (
    Explanation(
        "A refusal by the server has its SQLSTATE and class, so that programs can "
        "tell.",
        transactions.refused_connection,
    ),
    Explanation(
        "COPY refuses what psycopg changes, or sends in a size that the column does "
        "not have.",
        copies.refused_value,
    ),
    Explanation(
        "`write()` of a COPY takes text when the encoding is SQL_ASCII, as UTF-8: "
        "`write_row()` does so, in psycopg too.",
        copies.text_in_ascii,
    ),
    Explanation(
        "Nothing can be executed after `tpc_prepare()`, nor when SQL has ended a "
        "two-phase transaction: psycopg begins another transaction.",
        transactions.begun_after_preparing,
    ),
    Explanation(
        "COPY rows are right where a character ends in the byte of a backslash.",
        copies.backslash_in_a_character,
    ),
    Explanation(
        "What is no number is not read as one by the rows of a COPY, if its type is "
        "said to be: psycopg's compiled loader reads as far as it can.",
        copies.no_number,
    ),
    Explanation(
        "`execute()` of a COPY raises the same error and leaves the connection usable.",
        copies.copy_executed,
    ),
    Explanation(
        "`execute()` of a COPY in a pipeline closes the connection, which nobody can "
        "use any more: psycopg leaves it as it is.",
        pipelines.copy_in_pipeline,
    ),
    Explanation(
        "After `copy()`, `statusmessage` is the server's.",
        copies.copy_tag,
        harmless=True,
    ),
    Explanation(
        "A block of `copy()` that is left before anything was read leaves the "
        "connection usable.",
        copies.copy_left,
    ),
    Explanation(
        '`stream("")` raises `ProgrammingError`, not `InternalError`.',
        cursors.stream_of_nothing,
    ),
    Explanation(
        "A connection's block that is left inside a transaction block closes it.",
        transactions.left_within,
    ),
    Explanation(
        "Of two errors in one call, either is raised: a client cursor asked for binary "
        "results says so first, also when there is nothing to execute.",
        cursors.binary_client,
    ),
    Explanation(
        "Adapters can be registered on a cursor whose connection is closed.",
        cursors.adapters_when_closed,
    ),
    Explanation(
        "A client cursor too refuses a name with two formats, as in `%(x)s, %(x)t`.",
        cursors.two_formats,
    ),
    Explanation(
        "`scroll()` of a closed server-side cursor raises `InterfaceError`.",
        server_cursors.closed_scroll,
    ),
    Explanation(
        "`execute()` of a closed server-side cursor raises `InterfaceError`: psycopg "
        "closes its portal again first.",
        server_cursors.closed_execute,
    ),
    Explanation(
        "A server-side cursor that ended with a transaction can be executed and "
        "closed: psycopg's CLOSE fails.",
        server_cursors.closed_by_the_server,
    ),
    Explanation(
        "After a stream in chunks `rownumber` of a server-side cursor depends on which "
        "result psycopg has seen last.",
        server_cursors.number_in_a_stream,
        harmless=True,
    ),
    Explanation(
        "Of two errors in a pipeline whose connection was closed, the block's own or a "
        "later one is raised.",
        pipelines.own_error_of_a_pipeline,
    ),
    Explanation(
        "Rows without columns of a server-side cursor are rows for any row factory.",
        server_cursors.rows_without_columns,
    ),
    Explanation(
        "A pipeline or `executemany()` may follow a stream: psycopg leaves libpq in "
        "single-row mode.",
        cursors.single_row_mode,
    ),
    Explanation(
        "Of two errors in one call, either is raised: the cursor's end or the "
        "connection's.",
        cursors.closed_twice,
    ),
    Explanation(
        "In a pipeline or batch an error of the server may be raised by a call after "
        "it, before a later one of the client, or at the end.",
        pipelines.error_in_pipeline,
    ),
    Explanation(
        "A cursor without results says so, whether its connection is closed or not.",
        cursors.nothing_when_closed,
    ),
    Explanation(
        "After `DISCARD ALL` statements are prepared again; psycopg's are lost.",
        cursors.discarded,
    ),
    Explanation(
        "A nested transaction block that cannot be released is rolled back to its "
        "savepoint: the outer block can go on.",
        transactions.savepoint_undone,
    ),
    Explanation(
        "`commit()` in a pipeline sends nothing when no transaction is open: there is "
        "no warning.",
        pipelines.nothing_to_commit,
    ),
    Explanation(
        "After an error in a pipeline the connection is usable, also where psycopg's "
        "is not.",
        pipelines.unusable,
    ),
    Explanation(
        "A row factory is called when the first row is fetched, not by `execute()`.",
        cursors.row_factory_called,
    ),
    Explanation(
        "After an `executemany()` of nothing the results of the statement before are "
        "gone, in a pipeline too.",
        cursors.many_of_nothing,
    ),
    Explanation(
        "`executemany()` in a pipeline has no results of the cursor's statements "
        "before it.",
        pipelines.results_before_many,
    ),
    Explanation(
        "After an `executemany()` that failed the cursor has no results, and "
        "`rowcount` is -1.",
        cursors.failed_many,
    ),
    Explanation(
        "`rowcount` counts the rows of all sets where the cursor is closed in a "
        "pipeline.",
        pipelines.rows_of_all_sets,
    ),
    Explanation(
        "With `prepared_max` 0 no statement is prepared.", cursors.none_prepared
    ),
    Explanation(
        "A transaction block in a pipeline does not roll back what was executed in "
        "autocommit mode before it.",
        pipelines.joined_block,
    ),
    Explanation(
        "`rollback()` in a pipeline does not raise the errors of what it rolls back.",
        pipelines.rolled_back_pipeline,
    ),
    Explanation(
        "Inside a transaction block the characteristics of transactions are not set, "
        "and no two-phase transaction begins, whatever SQL has ended the transaction.",
        transactions.characteristics,
    ),
    Explanation(
        "Rows of a server-side cursor are read by the settings with which they were "
        "fetched, psycopg's by those of the first ones.",
        server_cursors.server_cursor_settings,
    ),
    Explanation(
        "A cursor that is used again reads by the settings that hold then, psycopg's "
        "by those of its first result.",
        cursors.cursor_used_again,
    ),
    Explanation(
        "Rows of a server-side cursor in binary format are read so, also after "
        "adapters were registered on the cursor.",
        server_cursors.read_as_it_came,
    ),
    Explanation(
        "What a closed connection was asked to execute takes the place of the results "
        "before it.",
        cursors.refused_when_closed,
    ),
    Explanation(
        "A connection's block that is left in a pipeline commits what autocommit mode "
        "has sent there; psycopg loses it.",
        pipelines.left_in_a_pipeline,
    ),
    Explanation(
        "A connection's block that is left inside a two-phase transaction closes it.",
        transactions.left_in_two_phases,
    ),
    Explanation(
        "A statement that sets a style in a pipeline ends the implicit transaction.",
        pipelines.settings_in_pipeline,
    ),
    Explanation(
        "A statement that sets a style or the encoding in a pipeline counts for what "
        "comes after it.",
        pipelines.counted_in_pipeline,
    ),
    Explanation(
        "After a transaction block that was refused in an ended one, psycopg refuses "
        "others too.",
        transactions.block_in_an_ended_one,
    ),
    Explanation(
        "A transaction block that cannot be entered rolls back nothing: psycopg does "
        "so to another block's savepoint if that has its name.",
        transactions.savepoint_of_another,
    ),
    Explanation(
        "The name of a two-phase transaction is quoted without dumpers of users.",
        transactions.name_by_a_dumper,
    ),
    Explanation(
        "`tpc_prepare()` raises when a statement had failed: nothing is prepared.",
        transactions.prepared_nothing,
    ),
    Explanation(
        "`set_result()` and `results()` wait for the results in a pipeline.",
        pipelines.result_in_pipeline,
    ),
    Explanation(
        "After a statement that sets a style, and after `set_result()` or `results()`, "
        "a pipeline is at rest, so that what new transactions are like can be set.",
        pipelines.characteristics_at_rest,
    ),
    Explanation(
        "A server-side cursor that has executed a COPY has no portal to fetch from.",
        server_cursors.copy_of_a_server_cursor,
    ),
    Explanation(
        "A dumper that is registered on a cursor counts from the next execution on, "
        "also of the same query.",
        cursors.dumper_of_the_same_query,
    ),
    Explanation(
        "Names of types are text in SQL_ASCII too, where psycopg's are bytes.",
        cursors.bytes_as_names,
    ),
    Explanation(
        "A transaction block whose connection is lost raises `OperationalError`: "
        "nothing was committed.",
        transactions.lost_in_a_block,
    ),
    Explanation(
        "`fetchmany()` of a negative size raises `InterfaceError` anywhere, and of a "
        "server-side cursor `ValueError`.",
        cursors.negative_size,
    ),
    Explanation(
        "A server-side cursor is refused in a pipeline, whatever it is asked.",
        pipelines.server_in_pipeline,
    ),
    Explanation(
        "Adapters that a connection is given count for the cursors that it has made "
        "too.",
        cursors.adapters_of_connection,
    ),
)


def explain(program: Program, difference: Difference) -> Explanation | None:
    """Return why a difference is meant, `None` if nobody has said so."""
    for each in EXPLAINED:
        if each.applies(program, difference):
            return each
    return None
