"""What a program has done before the place of a difference."""

from __future__ import annotations

import ast
import re
from collections import Counter

from tests.differential.outcome import Difference
from tests.differential.steps import (
    CONNECTION,
    Execute,
    ExecuteMany,
    Open,
    Program,
    Step,
    Stream,
    walk,
)

EXECUTING = (Execute, ExecuteMany, Stream)
# By what psycopg's loaders of dates and times read, from their first value on.
SETTING = re.compile(r"(SET|SET LOCAL|RESET) (DateStyle|IntervalStyle|TimeZone)\b")
ENCODING = re.compile(r"\b(SET|SET LOCAL|RESET) (client_encoding|NAMES)\b")


def steps_before(program: Program, found: Difference) -> list[Step]:
    """Return the steps before the last one of the place of a difference."""
    steps = [step for _, step in walk(program.steps)]
    places = [str(step) for step in steps]
    if found.place not in places:
        return []
    return steps[: len(places) - 1 - places[::-1].index(found.place)]


def is_of_a_server_cursor(program: Program, found: Difference) -> bool:
    """Return whether the place of a difference is a server-side cursor's."""
    name = found.place[:4]
    opened = [
        step
        for step in steps_before(program, found)
        if isinstance(step, Open) and str(step).startswith(name)
    ]
    return bool(opened) and "server" in opened[-1].kind


def executed_before(program: Program, found: Difference) -> list[Step]:
    """Return what the cursor of a difference has executed before, since it was made."""
    name = found.place[:4]
    executed: list[Step] = []
    for step in steps_before(program, found):
        if isinstance(step, Open) and str(step).startswith(name):
            executed = []
        elif isinstance(step, EXECUTING) and (
            str(step).startswith(name) or (name == "cur0" and step.cursor == CONNECTION)
        ):
            executed.append(step)
    return executed


def messages_of(text: str) -> Counter[str]:
    """Count the messages of a state."""
    return Counter(ast.literal_eval(text.removeprefix("messages=")))
