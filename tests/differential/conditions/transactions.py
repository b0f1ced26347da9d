"""Differences of connections and of their transactions."""

from __future__ import annotations

import re

from tests.differential.conditions.steps_before import steps_before
from tests.differential.outcome import Difference
from tests.differential.steps import Block, Call, Program, Register, texts, walk
from tests.differential.values import FETCHED

# What ends a transaction block in SQL, and begins no other transaction.
ENDING = re.compile(r"(COMMIT|ROLLBACK|ABORT)$")


def left_within(program: Program, found: Difference) -> bool:
    return (
        found.place.startswith("conn: leave")
        and (found.aspect, found.ours) == ("status", "status=UNKNOWN")
        and found.value == "raises ProgrammingError"
        and "forbidden within a Transaction" in found.their_detail
    )


def savepoint_undone(program: Program, found: Difference) -> bool:
    return (
        found.place.startswith("with conn.transaction(")
        and (found.aspect, found.theirs, found.ours)
        == ("status", "status=INERROR", "status=INTRANS")
        and found.value == "raises 25P02"
    )


def characteristics(program: Program, found: Difference) -> bool:
    return (
        (found.theirs, found.ours) == ("None", "raises ProgrammingError")
        and "cannot be used inside a transaction() block" in found.our_detail
        and found.our_detail.startswith(
            ("ProgrammingError: setting ", "ProgrammingError: tpc_begin() ")
        )
    )


def refused_connection(program: Program, found: Difference) -> bool:
    return (
        found.place == "connect"
        and found.theirs == "raises OperationalError"
        and "FATAL: " in found.their_detail
        and found.ours[7:].isalnum()
        and len(found.ours) == len("raises 0A000")
    )


def begun_after_preparing(program: Program, found: Difference) -> bool:
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


def left_in_two_phases(program: Program, found: Difference) -> bool:
    return (
        found.place.startswith("conn: leave")
        and (found.aspect, found.ours) == ("status", "status=UNKNOWN")
        and "during a two-phase transaction" in found.their_detail
    )


def block_in_an_ended_one(program: Program, found: Difference) -> bool:
    """Return whether psycopg counts blocks wrongly: one was refused in an ended one."""
    if "OutOfOrderTransactionNesting" in found.ours or not (
        found.theirs == "raises OutOfOrderTransactionNesting"
        or "within a Transaction context" in found.their_detail
    ):
        return False
    before = steps_before(program, found)
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


def savepoint_of_another(program: Program, found: Difference) -> bool:
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


def name_by_a_dumper(program: Program, found: Difference) -> bool:
    return (
        found.place.startswith("conn.tpc_")
        and found.theirs == "raises 42601"
        and 'at or near "::"' in found.their_detail
    )


def prepared_nothing(program: Program, found: Difference) -> bool:
    return (
        (found.place, found.theirs, found.ours)
        == ("conn.tpc_prepare()", "None", "raises ProgrammingError")
    ) and "nothing was prepared" in found.our_detail


def lost_in_a_block(program: Program, found: Difference) -> bool:
    return (
        found.place.startswith("with conn.transaction")
        and (found.theirs, found.ours) == ("'left'", "raises OperationalError")
        and "the connection is lost" in found.our_detail
    )
