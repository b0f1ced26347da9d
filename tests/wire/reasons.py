"""Why the traces of a test are not the same in both forms, and what still must be."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Lines = list[str]


class Reason(NamedTuple):
    """A sentence, and what of the traces must be the same all the same."""

    sentence: str
    same: Callable[[Lines], Lines]


def shapes(lines: Lines) -> Lines:
    """Return the messages without their values and numbers of bytes."""
    found = []
    for line in lines:
        direction, _, message = line.partition("\t")
        kind = message.partition("\t")[2].partition("\t")[0]
        found.append(f"{direction} {kind}")
    return found


def sent(lines: Lines) -> Lines:
    """Return what the client sends, whatever the server says meanwhile."""
    return [line for line in lines if not line.startswith("B\t")]


def shapes_sent(lines: Lines) -> Lines:
    """Return what the client sends, without values."""
    return shapes(sent(lines))


def kinds_sent(lines: Lines) -> Lines:
    """Return which kinds of messages the client sends on all connections."""
    return sorted({shape for shape in shapes(lines) if shape.startswith("F ")})


def nothing(lines: Lines) -> Lines:
    """Return no messages: chance decides about them."""
    return []


RUN = Reason("processes, rows of the catalog and times have other numbers", shapes)
EARLY = Reason("how much has come when the client stops reading is chance", sent)
BETWEEN = Reason("the server answers while the client sends, as it likes", sent)
ENDED = Reason("the same, and the server's process has another number", shapes_sent)
LOOKS = Reason(
    "how often another session looks until it sees enough is chance", kinds_sent
)
ORDER = Reason("tasks and threads take turns as they like", kinds_sent)
ANSWERS = Reason("what the server sends has other numbers and times", shapes_sent)
DRAWN = Reason(
    "hypothesis takes texts from the modules that are loaded, which differ", shapes
)
NOTICED = Reason("how much is sent before an error is noticed is chance", kinds_sent)
CHANCE = Reason("how far the client comes before the end is chance", nothing)

REASONS: dict[str, Reason] = {
    "test_binding.test_after_the_end_of_the_connection*": ENDED,
    "test_binding.test_loaders_registered_late*": DRAWN,
    "test_binding.test_settings_of_the_execution*": RUN,
    "test_cancel.test_*": LOOKS,
    "test_bouncer.test_many_clients*": ORDER,
    "test_executemany.test_error_ends_the_sending": CHANCE,
    # What is cancelled may be the BEGIN, and then nothing is to be rolled back.
    "test_executemany.test_wrong_parameters*": CHANCE,
    "test_executemany.test_server_ends_meanwhile": ENDED,
    "test_stream.test_server_ends_the_session": ENDED,
    "test_pipeline_close.test_server_ends_meanwhile": ENDED,
    "test_pipeline_close.test_cancelled_by_another": LOOKS,
    "test_pipeline.test_two_tasks": ORDER,
    "test_notify.test_execute_between_notifications": ORDER,
    "test_sqlalchemy.test_several_connections_at_once": ORDER,
    "test_two_phase.*": RUN,
    "test_connection_info.test_info": RUN,
    "test_copy_block.test_lost_server": RUN,
    "test_copy_block.test_other_tasks_wait*": ORDER,
    "test_copy_block.test_rows_of_several_tasks*": ORDER,
    "test_copy_records.test_records_among_many_types": RUN,
    "test_cursor.test_column*": RUN,
    "test_cursor.test_type_groups": RUN,
    "test_differences_connection.test_block_of_a_lost_connection": EARLY,
    "test_formats.test_commands_whose_columns_may_change*": RUN,
    "test_libraries.test_types_by_psycopg": RUN,
    "test_lost_server.test_status_of_a_block_whose_outcome_is_unknown*": LOOKS,
    "test_lost_server.test_lost_during_query": LOOKS,
    "test_lost_server.test_network_cut_during_query": LOOKS,
    "test_lost_server.test_outcome_of_commit_is_unknown*": LOOKS,
    "test_lost_server.*": RUN,
    "test_server_troubles.test_request_to_cancel_overtakes_the_statement": CHANCE,
    "test_server_troubles.*": LOOKS,
    "test_copy_in.test_slow_server_bounds_memory": LOOKS,
    "test_load.test_killed_at_random": CHANCE,
    "test_pipeline_close.test_lost_before_the_outer_block_ends": ENDED,
    "test_pipeline_programs.test_random_programs*": NOTICED,
    "test_replication.*": ANSWERS,
    "test_subclass.test_init_that_fails": LOOKS,
    "test_load.*": ORDER,
    "test_notify.test_lost_while_waiting": RUN,
    "test_notify.test_timeout_is_not_for_each": LOOKS,
    "test_pool.test_broken_is_replaced": RUN,
    "test_pool.test_lost_while_idle": RUN,
    "test_spec.test_detecting_disconnections": RUN,
    "test_sqlalchemy.*": RUN,
    "test_types.*": RUN,
    "test_disconnection.*": LOOKS,
    "test_copy_out.test_*": EARLY,
    "test_hooks.test_left_stream_is_no_error": EARLY,
    "test_misuse.test_execute_after_leaving_a_stream": EARLY,
    "test_stream.test_*": EARLY,
    # A cancelled COPY: what reaches the server first is the request, or the end.
    "test_copy_writers.test_writer_that_does_not_end_the_copy": BETWEEN,
    "test_executemany.test_*": BETWEEN,
    "test_notify_load.*": ORDER,
    "test_pipeline.test_*": BETWEEN,
    "test_pipeline_close.test_*": BETWEEN,
    "test_pipeline_errors.test_*": BETWEEN,
    "test_pipeline_prepared.test_*": BETWEEN,
    "test_pipeline_transactions.test_*": BETWEEN,
    "test_concurrency.*": ORDER,
    "test_deadlines.*": CHANCE,
    "test_notify.*": BETWEEN,
    "test_notify.test_several_consumers": ORDER,
    "test_pool.*": ORDER,
    "test_spec.test_notify_handler": ORDER,
}
