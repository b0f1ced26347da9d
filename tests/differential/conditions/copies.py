"""Differences in COPY."""

from __future__ import annotations

import re

from tests.differential.outcome import Difference
from tests.differential.steps import CopyIn, Program, texts, walk

# Encodings with characters that end in the byte of a backslash.
BACKSLASHES = re.compile(r"\b(SJIS|BIG5|GBK|GB18030|JOHAB|UHC)\b")


def copy_executed(program: Program, found: Difference) -> bool:
    return (
        (found.aspect, found.theirs) == ("status", "status=ACTIVE")
        and found.value == "raises ProgrammingError"
        and "COPY" in found.place
    )


def backslash_in_a_character(program: Program, found: Difference) -> bool:
    """Return whether psycopg has escaped a byte of a character in rows of a COPY."""
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


def no_number(program: Program, found: Difference) -> bool:
    return (
        "types=" in found.place
        and "float" in found.place
        and found.ours == "raises ValueError"
        and found.our_detail.startswith("ValueError: could not convert string to float")
    )


def copy_tag(program: Program, found: Difference) -> bool:
    if "fetch results" in found.place and found.aspect == "value":
        return found.theirs == re.sub(r"'COPY \d+'", "None", found.ours)
    return found.theirs == "statusmessage=None" and found.ours.startswith(
        "statusmessage='COPY "
    )


def copy_left(program: Program, found: Difference) -> bool:
    return (
        ".copy(" in found.place
        and "stop=" in found.place
        and (found.aspect, found.theirs) == ("status", "status=ACTIVE")
    )


def refused_value(program: Program, found: Difference) -> bool:
    return (
        ".copy(" in found.place
        and found.aspect == "value"
        and found.ours == "raises DataError"
        and (
            "is not what" in found.our_detail
            or "does not fit the type of its column" in found.our_detail
        )
    )


def text_in_ascii(program: Program, found: Difference) -> bool:
    return (
        "how='write'" in found.place
        and found.theirs == "raises UnicodeEncodeError"
        and "'ascii' codec" in found.their_detail
    )
