"""What is put into collections, by statements and methods."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst
from libcst.helpers import get_full_name_for_node

from .bindings import Bindings

# Methods that put in what they are given last.
_STORING = {"add", "append", "appendleft", "put_nowait", "setdefault"}

_Pair = tuple[cst.BaseExpression, cst.BaseExpression]
Stored = dict[str, list[_Pair]]


def stored_in(bindings: Bindings) -> Stored:
    """Return each collection with what is put into it, by what it is called."""
    found: Stored = {}
    for collection, value in [*_assigned(bindings), *_given(bindings)]:
        name = get_full_name_for_node(collection)
        if name is not None:
            found.setdefault(name, []).append((collection, value))
    return found


def _assigned(
    bindings: Bindings,
) -> Iterator[_Pair]:
    """Yield `x` and `y` of `x[...] = y`."""
    for assign in bindings.nodes.of(cst.Assign):
        for target in assign.targets:
            if isinstance(target.target, cst.Subscript):
                yield target.target.value, assign.value


def _given(
    bindings: Bindings,
) -> Iterator[_Pair]:
    """Yield `x` and `y` of `x.append(y)`."""
    for call in bindings.nodes.of(cst.Call):
        function = call.func
        stores = isinstance(function, cst.Attribute) and function.attr.value in _STORING
        if stores and isinstance(function, cst.Attribute) and call.args:
            yield function.value, call.args[-1].value
