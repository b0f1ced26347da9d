"""What is put into collections, by statements and methods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst
from libcst.helpers import get_full_name_for_node

if TYPE_CHECKING:
    from .names import Names

# Methods that put in what they are given last.
_STORING = {"add", "append", "appendleft", "put_nowait", "setdefault"}

Stored = dict[str, list[tuple[cst.BaseExpression, cst.BaseExpression]]]


def stored_in(names: Names) -> Stored:
    """Return each collection with what is put into it, by what it is called."""
    found: Stored = {}
    for collection, value in [*_assigned(names), *_given(names)]:
        name = get_full_name_for_node(collection)
        if name is not None:
            found.setdefault(name, []).append((collection, value))
    return found


def _assigned(names: Names) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression]]:
    """Yield `x` and `y` of `x[...] = y`."""
    for assign in names.nodes.of(cst.Assign):
        for target in assign.targets:
            if isinstance(target.target, cst.Subscript):
                yield target.target.value, assign.value


def _given(names: Names) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression]]:
    """Yield `x` and `y` of `x.append(y)`."""
    for call in names.nodes.of(cst.Call):
        function = call.func
        stores = isinstance(function, cst.Attribute) and function.attr.value in _STORING
        if stores and isinstance(function, cst.Attribute) and call.args:
            yield function.value, call.args[-1].value
