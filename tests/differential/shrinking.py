"""Makes a program that shows something smaller, while it still shows it.

What comes out was asked for; when asking becomes too much, it is what is smallest
so far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, replace
from typing import Any

from tests.differential.steps import Block, PipelineBlock, Program, Statement, Step

# Plays for one program.
LIMIT = 250


def shrink(program: Program, shows: Callable[[Program], bool]) -> Program:
    """Return a smaller program for which `shows` is true too."""
    left = LIMIT
    found = True
    while found:
        found = False
        for candidate in _smaller(program):
            if not left:
                return program
            left -= 1
            if shows(candidate):
                program = candidate
                found = True
                break
    return program


def _smaller(program: Program) -> Iterator[Program]:
    for steps in _fewer(program.steps):
        yield replace(program, steps=steps)
    yield from _plainer(program)


def _fewer(steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    """Give the steps without some, without a block around some, or plainer."""
    half = len(steps) // 2
    if half > 1:
        yield steps[:half]
        yield steps[half:]
    for index in reversed(range(len(steps))):
        yield steps[:index] + steps[index + 1 :]
    for index, step in enumerate(steps):
        before, after = steps[:index], steps[index + 1 :]
        if isinstance(step, Block | PipelineBlock):
            yield before + step.body + after
            for body in _fewer(step.body):
                yield (*before, replace(step, body=body), *after)
        for each in _plainer(step):
            yield (*before, each, *after)


def _plainer(whole: Any) -> Iterator[Any]:
    """Give a step or program with one of its fields as it is when not given."""
    for field in fields(whole):
        value = getattr(whole, field.name)
        if isinstance(value, Statement):
            for plainer in _plainer(value):
                yield replace(whole, **{field.name: plainer})
        elif field.name in ("sets", "rows") and value:
            for index in range(len(value)):
                rows = value[:index] + value[index + 1 :]
                yield replace(whole, **{field.name: rows})
        elif field.default is not MISSING and value != field.default:
            yield replace(whole, **{field.name: field.default})
