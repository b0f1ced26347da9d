"""Functions of `functools.singledispatch`, which choose by the class of a value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from ..symbols.renames import is_named_like_class

if TYPE_CHECKING:
    from ..symbols.names import Names

_MAKERS = {"functools.singledispatch", "functools.singledispatchmethod"}


def dispatchers_in(names: Names) -> Iterator[str]:
    """Yield the functions of a module that choose by the class of a value."""
    for function in names.nodes.of(cst.FunctionDef):
        if any(names.qualified(d.decorator) in _MAKERS for d in function.decorators):
            yield names.qualified(function) or function.name.value
    for call in names.nodes.of(cst.Call):
        if names.qualified(call.func) in _MAKERS:
            holder = names.parent(call)
            targets = holder.targets if isinstance(holder, cst.Assign) else ()
            yield from filter(None, (names.qualified(t.target) for t in targets))


def is_dispatcher(names: Names, value: cst.BaseExpression) -> bool:
    """Return whether `value.register` may be that of a function that chooses by class.

    One of the sources is known by its name, `self.shown` by its last part; of what is
    imported from elsewhere, anything but a module or a class may be one.
    """
    known = names.definitions
    qualified = names.qualified(value)
    if qualified is not None and names.imported(value):
        if known.module_of(qualified) is None:
            return "." in qualified and not is_named_like_class(qualified)
        return known.behind(qualified) in known.dispatchers
    if isinstance(value, cst.Attribute):
        return bool(known.by("dispatchers", "last", value.attr.value))
    return qualified in known.dispatchers
