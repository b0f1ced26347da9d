"""Differences that are meant, each as narrow as it can be told.

Law: each sentence says what pgtwin does otherwise, and why; what users can tell stands
in `BEHAVIOUR` of compatibility/reasons.py too. After such a difference the rest of the
program is not compared, as the two have gone different ways.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.differential.outcome import Difference
from tests.differential.steps import Program


@dataclass(frozen=True)
class Explanation:
    """Why a difference is meant, and which ones."""

    sentence: str
    applies: Callable[[Program, Difference], bool]


def _refused(program: Program, found: Difference) -> bool:
    return (
        (found.aspect, found.theirs, found.ours)
        == ("status", "status=INTRANS", "status=IDLE")
        and found.value.startswith("raises ")
        and found.value[7:8].isalpha()
    )


def _copy_executed(program: Program, found: Difference) -> bool:
    return (
        (found.aspect, found.theirs) == ("status", "status=ACTIVE")
        and found.value == "raises ProgrammingError"
        and "COPY" in found.place
    )


def _copy_tag(program: Program, found: Difference) -> bool:
    return (
        ".copy(" in found.place
        and found.theirs == "statusmessage=None"
        and found.ours.startswith("statusmessage='COPY ")
    )


def _copy_left(program: Program, found: Difference) -> bool:
    return (
        ".copy(" in found.place
        and "stop=0" in found.place
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
    return (
        found.ours == "raises NotSupportedError"
        and "client-side cursors have no binary" in found.our_detail
        and found.theirs.startswith("raises ")
        and found.theirs[7:8].isalpha()
    )


EXPLAINED: tuple[Explanation, ...] = (
    Explanation(
        "A statement that is refused before it is sent begins no transaction.", _refused
    ),
    Explanation(
        "`execute()` of a COPY raises the same error and leaves the connection usable.",
        _copy_executed,
    ),
    Explanation("After `copy()`, `statusmessage` is the server's.", _copy_tag),
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
        "results says so first.",
        _binary_client,
    ),
)


def explain(program: Program, difference: Difference) -> str | None:
    """Return why a difference is meant, `None` if nobody has said so."""
    for each in EXPLAINED:
        if each.applies(program, difference):
            return each.sentence
    return None
