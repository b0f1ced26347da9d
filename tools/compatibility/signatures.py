"""Finds what callers of one function would miss in another one."""

from __future__ import annotations

import inspect
from typing import Any


def compare_signatures(
    theirs: inspect.Signature | None, ours: inspect.Signature | None
) -> tuple[list[str], list[str]]:
    """Return what callers of psycopg's function would miss, and what is new."""
    if theirs is None or ours is None:
        return [], []
    differences = []
    mine = dict(ours.parameters)
    positions = [x.name for x in ours.parameters.values() if is_positional(x)]
    position = 0
    for name, parameter in theirs.parameters.items():
        other = mine.pop(name, None)
        if is_positional(parameter):
            # What is given by position only may have any name.
            if other is None and position < len(positions) and not by_name(parameter):
                other = mine.pop(positions[position], None)
            elif positions[position : position + 1] != [name]:
                differences.append(f"`{name}` is not parameter {position + 1}")
            position += 1
        if other is None:
            differences.append(f"no parameter `{name}`")
        elif shown(other.default) != shown(parameter.default):
            differences.append(
                f"`{name}` is {shown(other.default)} by default, "
                f"not {shown(parameter.default)}"
            )
        elif by_name(parameter) and not by_name(other):
            differences.append(f"`{name}` cannot be given by name")
        elif other.kind != parameter.kind and parameter.kind in (
            parameter.VAR_KEYWORD,
            parameter.VAR_POSITIONAL,
        ):
            differences.append(f"`{name}` is one parameter")
    required = [
        name
        for name, parameter in mine.items()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
    ]
    differences += [f"`{name}` must be given" for name in required]
    return differences, [name for name in mine if name not in required]


def is_positional(parameter: inspect.Parameter) -> bool:
    return parameter.kind in (
        parameter.POSITIONAL_ONLY,
        parameter.POSITIONAL_OR_KEYWORD,
    )


def by_name(parameter: inspect.Parameter) -> bool:
    kinds = (parameter.KEYWORD_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    private = parameter.name.startswith("_")
    return parameter.name != "self" and not private and parameter.kind in kinds


def shown(default: Any) -> str:
    if default is inspect.Parameter.empty:
        return "required"
    return f"`{getattr(default, '__qualname__', repr(default))}`"
