"""What objects hold: locks, and objects of classes that may hold some."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from ...syntax.nodes import find
from ..symbols.renames import is_named_like_class
from ..types.type_inference import UNKNOWN

if TYPE_CHECKING:
    from ..types.typed_names import TypedNames

LOCKS = {
    *(
        f"asyncio.{name}"
        for name in ("Barrier", "BoundedSemaphore", "Condition", "Event", "LifoQueue",
                     "Lock", "PriorityQueue", "Queue", "Semaphore")
    ),
    *(f"anyio.{name}" for name in ("Condition", "Event", "Lock")),
}  # fmt: skip
# What begins an attribute that the body of a class declares: a field.
FIELD = "@"


def held_by_classes(names: TypedNames) -> Iterator[tuple[str, str]]:
    """Yield the classes of a module with the locks and objects that theirs hold."""
    for owner, attributes in names.attributes.items():
        qualified = names.qualified(owner)
        found = {
            f"{FIELD if is_field else ''}{name}={kind}"
            for name, targets in attributes.items()
            for target in targets
            for is_field, kind in _kept(names, owner, target)
        }
        if qualified is not None and found:
            yield qualified, " ".join(sorted(found))


def _kept(
    names: TypedNames, owner: cst.ClassDef, target: cst.CSTNode
) -> Iterator[tuple[bool, str]]:
    """Yield what a binding of an attribute lets each object hold."""
    holder = names.parent(target)
    if isinstance(holder, cst.AssignTarget):
        holder = names.parent(holder)
    is_field = isinstance(target, cst.Name)
    shown: list[cst.BaseExpression] = []
    if isinstance(holder, cst.AnnAssign):
        is_shared = not (owner.decorators or owner.bases or holder.value is None)
        if is_field and is_shared:
            return  # of the class, and not of its objects
        shown.append(names.unquoted(holder.annotation.annotation))
    elif is_field or not isinstance(holder, cst.Assign):
        return
    value = holder.value
    found = set(names.kinds(value)) if value is not None else set()
    for each in (*shown, *([] if value is None else [value])):
        found.update(classes_named(names, each))
    if not any("ClassVar" in each for each in found):
        yield from ((is_field, each) for each in found if _matters(names, each))


def classes_named(names: TypedNames, value: cst.BaseExpression) -> Iterator[str]:
    """Yield the classes that an expression names: to make an object, or as its kind."""
    for kind in (cst.Name, cst.Attribute):
        for each in find(value, kind):
            qualified = names.qualified(each)
            if qualified is not None and is_named_like_class(qualified):
                yield qualified


def _matters(names: TypedNames, kind: str) -> bool:
    """Recognize a lock, and a class that may be one of the sources."""
    is_own = kind.partition(".")[0] == names.package
    return kind in LOCKS or (is_own and kind != UNKNOWN)
