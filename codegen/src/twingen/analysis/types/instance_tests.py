"""What is asked of objects that become others' kind: `isinstance(x, Iterable)`.

An object with `__aiter__` is no `Iterable`, and its twin is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from ..symbols.async_protocols import ASYNC_PROTOCOLS, DUNDERS
from ..symbols.renames import is_named_like_class
from .coroutine_tests import statements_of
from .merged_members import Members
from .type_inference import UNKNOWN

if TYPE_CHECKING:
    from ..symbols.library_tables import Libraries
    from ..types.typed_names import TypedNames

_ITERATION = ("Generator", "Iterable", "Iterator")
# What the twin of an asynchronous object is, by the method that makes it so.
PROTOCOLS = {
    **{
        f"{home}.{name}": "__aiter__"
        for home in ("collections.abc", "typing", "typing_extensions")
        for name in _ITERATION
    },
    "types.GeneratorType": "__aiter__",
    "contextlib.AbstractContextManager": "__aenter__",
    "typing.ContextManager": "__aenter__",
    "typing_extensions.ContextManager": "__aenter__",
}
GENERATOR_TESTS = {"inspect.isgenerator", "inspect.isgeneratorfunction"}
_OF_ITERATORS = {"__iter__", "__next__", "close", "send", "throw"}
_OF_MANAGERS = {"__enter__", "__exit__"}
_MANAGER = "contextlib.asynccontextmanager"


def may_become(
    names: TypedNames, libraries: Libraries, value: cst.BaseExpression | None, twin: str
) -> bool:
    """Return whether an object may get a member of this name in the twin alone.

    That is one of the sources, unless the object is known to be something else. Without
    one, any may be meant.
    """
    definitions = names.definitions
    kinds = None if value is None else kinds_of(names, _object_of(names, value))
    if kinds is None:
        managers = definitions.managers.values()
        if twin in ("__iter__", "__next__") and definitions.generators:
            return True
        if twin in _OF_MANAGERS and _MANAGER in managers:
            return True
        kinds = {owner for owner in definitions.classes if "<" not in owner}
    else:
        kinds |= derived(names, kinds)
    return any(_becomes(names, libraries, kind, twin) for kind in kinds)


def _object_of(names: TypedNames, value: cst.BaseExpression) -> cst.BaseExpression:
    """Return the object in `type(x)` and `x.__class__`, which are asked for it."""
    if isinstance(value, cst.Attribute) and value.attr.value == "__class__":
        return value.value
    if not isinstance(value, cst.Call) or len(value.args) != 1:
        return value
    is_type = names.qualified(value.func) == "builtins.type"
    return value.args[0].value if is_type else value


def derived(names: TypedNames, kinds: set[str]) -> set[str]:
    """Return the classes of the sources that are derived from some of these."""
    classes = names.definitions.classes
    if not any(each in classes for each in kinds):
        return set()
    bases = names.definitions.bases
    return {each for each in classes if not kinds.isdisjoint(bases(each))}


def _becomes(names: TypedNames, libraries: Libraries, kind: str, twin: str) -> bool:
    if kind in ASYNC_PROTOCOLS:
        return twin in (_OF_MANAGERS if "ContextManager" in kind else _OF_ITERATORS)
    if kind not in names.definitions.classes:
        return False
    members = Members(names.definitions, libraries, kind)
    return members.source_of(twin) is not None and members.holder(twin) is None


def kinds_of(names: TypedNames, value: cst.BaseExpression) -> set[str] | None:
    """Return the classes that an object can be of, `None` where one is not known."""
    definitions = names.definitions
    kind = names.owner(value)
    found = set() if kind is None else {kind}
    if kind is None:
        for target in names.targets(value):
            annotation = getattr(target, "annotation", None)
            if isinstance(annotation, cst.Annotation):
                found |= names.annotated(annotation.annotation)
            else:
                return None
    kinds = {definitions.behind(each) for each in found}
    return kinds if kinds and all(_is_class(names, each) for each in kinds) else None


def _is_class(names: TypedNames, kind: str) -> bool:
    if kind in names.definitions.classes or kind.startswith("builtins."):
        return True
    is_own = names.definitions.module_of(kind) is not None
    return kind != UNKNOWN and is_named_like_class(kind) and not is_own


def twin_of_protocol(qualified: str) -> str | None:
    """Return the method that makes an object one of a sync protocol."""
    dunder = PROTOCOLS.get(qualified)
    return None if dunder is None else DUNDERS[dunder]


def only_checks(names: TypedNames, question: cst.Call) -> bool:
    """Recognize `assert hasattr(x, "y")` and `if not hasattr(x, "y"): raise ...`."""
    parent = names.parent(question)
    if isinstance(parent, cst.Assert):
        return parent.test is question
    if not isinstance(parent, cst.UnaryOperation):
        return False
    statement = names.parent(parent)
    if not (isinstance(statement, cst.If) and isinstance(parent.operator, cst.Not)):
        return False
    first = statements_of(statement.body)[0]
    return isinstance(first, cst.SimpleStatementLine) and isinstance(
        first.body[-1], cst.Raise
    )
