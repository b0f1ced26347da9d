"""Which class of the sources an object is of, or a name stands for."""

from __future__ import annotations

import libcst as cst

from ..symbols.renames import is_named_like_class
from .typed_names import TypedNames


def class_of(names: TypedNames, value: cst.BaseExpression) -> str | None:
    """Return the class of an object, or the class itself, if it is known to be one."""
    definitions = names.definitions
    qualified = names.qualified(value)
    if qualified is not None and definitions.behind(qualified) in definitions.classes:
        return definitions.behind(qualified)
    kind = names.owner(value)
    kind = kind if kind is None else definitions.behind(kind)
    if kind is None or kind in names.definitions.classes:
        return kind
    # What a function of a library returns is known by the function's name alone.
    is_class = is_named_like_class(kind)
    return kind if is_class and names.definitions.module_of(kind) is None else None
