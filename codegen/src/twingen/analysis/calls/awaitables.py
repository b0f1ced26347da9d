"""Which calls make something to await, as far as the sources show it.

Two questions, whose answers leave room between them: what is *proven* to run the body
of a coroutine function, whoever overrides or replaces it, and what *may* make a
coroutine. Between the two the twin decides at run time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from ..symbols.definitions import ANY_MEMBER, UNKNOWN_FUNCTION, WAITED_FOR
from ..types.aliases import meant_by
from ..types.type_inference import RUNNER, kind_of_literal
from ..types.type_parameters import AWAITABLE_TYPES
from .coroutine_calls import METHODS, owner_of
from .event_loop_functions import CARRIED
from .function_kinds import is_operator

if TYPE_CHECKING:
    from ..symbols.library_tables import Libraries
    from ..types.typed_names import TypedNames

# Decorators that leave a coroutine function what it is.
_TRANSPARENT = {
    "abc.abstractmethod",
    "builtins.classmethod",
    "builtins.staticmethod",
    *(
        f"{home}.{name}"
        for home in ("typing", "typing_extensions")
        for name in ("final", "override")
    ),
}
# Builtins that take no coroutine, future or task: they would raise `TypeError`.
_CONSUMING = {
    f"builtins.{name}"
    for name in (
        "abs", "all", "any", "bytes", "enumerate", "float", "frozenset", "int", "len",
        "max", "min", "ord", "range", "reversed", "round", "sorted", "sum",
    )
}  # fmt: skip
# Methods of asyncio's objects that wait, and how many arguments they take: an object of
# which nothing is known may be one of those.
_ASYNCIO_METHODS: dict[str, tuple[int, ...]] = {
    "acquire": (0,), "get": (0,), "join": (0,), "put": (1,), "wait": (0,),
}  # fmt: skip
# So it is with streams and processes in a module that has to do with asyncio.
_STREAM_METHODS: dict[str, tuple[int, ...]] = {
    "communicate": (0, 1), "drain": (0,), "read": (0, 1), "readexactly": (1,),
    "readline": (0,), "readuntil": (0, 1), "serve_forever": (0,),
    "start_serving": (0,), "start_tls": (1, 2, 3, 4), "wait_closed": (0,),
}  # fmt: skip
# So it is with groups, streams and portals where anyio is used, whatever they take.
_ANYIO_METHODS = {
    "acquire_on_behalf_of", "call_async", "receive", "send", "send_eof",
    "sleep_until_stopped", "start", "stop", "wait_for",
}  # fmt: skip
# Methods that every context manager or generator has, of which some wait.
PROTOCOLS = {"__aenter__", "__aexit__", "aclose"}
# Members of objects of the standard library that hold any function.
_HOLDING = {"__call__", "__func__", "__wrapped__", "func", "value"}
# Modules whose objects have no coroutine functions, and hold none that is called.
_PLAIN_MODULES = {
    "builtins", "collections", "io", "json", "logging", "pathlib", "random", "re",
    "socket", "struct", "threading", "time",
}  # fmt: skip
_COLLECTION_TYPES = {
    "DefaultDict", "Deque", "Dict", "FrozenSet", "List", "Mapping", "MutableMapping",
    "OrderedDict", "Sequence", "Set", "Tuple",
}  # fmt: skip
MANAGERS = {"contextlib.asynccontextmanager", "contextlib.contextmanager"}
_PATCHING = {
    f"unittest.mock.patch{each}" for each in ("", ".dict", ".multiple", ".object")
}
_CALLING = {"functools.cache", "functools.lru_cache"}
# Functions of asyncio, and methods of loops and groups, that take an awaitable first.
_TAKING_AWAITABLES = {
    "create_task",
    "run_until_complete",
    *(
        f"asyncio.{name}"
        for name in (
            "Task", "as_completed", "create_task", "ensure_future", "run",
            "run_coroutine_threadsafe", "shield", "wait", "wait_for",
        )
    ),
}  # fmt: skip
_HOLDERS = (cst.Arg, cst.Element, cst.List, cst.Set, cst.StarredElement, cst.Tuple)
_COMPREHENSIONS = (cst.GeneratorExp, cst.ListComp, cst.SetComp)
_KNOWN = ("asyncio.", "builtins.", "collections.")
_MAPPING = {"builtins.map", "itertools.starmap"}


def is_proven(names: TypedNames, call: cst.Call) -> bool:
    """Return whether a call can only run the body of a coroutine function.

    For a function that is neither decorated nor bound again; for a method that every
    class of the sources that has one of the name defines as such a function.
    """
    function, definitions = call.func, names.definitions
    if isinstance(function, cst.Name):
        local = names.function(function)
        if local is not None:
            return is_undecorated_coroutine(names, local) and (
                names.qualified(function) not in definitions.decorated
            )
        qualified = names.qualified(function)
    elif isinstance(function, cst.Attribute):
        if is_operator(function.attr.value):
            return False  # see `turns_function`
        qualified = names.qualified(function)
    else:
        return False
    if qualified is not None and qualified in definitions.coroutines:
        home, _, name = qualified.rpartition(".")
        if home in definitions.modules:
            return qualified not in definitions.decorated
        return _is_even(names, name)
    if not isinstance(function, cst.Attribute):
        return False
    if function.attr.value == "aclose" and _is_own_generator(names, function.value):
        return True
    owner = owner_of(names, function) or names.owner(function.value) or ""
    if owner.startswith("asyncio."):
        return function.attr.value in METHODS.get(owner, ())
    return definitions.is_coroutine_method(owner, function.attr.value) and _is_even(
        names, function.attr.value
    )


def _is_own_generator(names: TypedNames, value: cst.BaseExpression) -> bool:
    """Return whether a value is an asynchronous generator that this module makes."""
    made = list(names.values(value))
    return (
        bool(made)
        and len(made) == len(names.targets(value))
        and all(
            isinstance(each, cst.Call)
            and isinstance(each.func, cst.Name)
            and (function := names.function(each.func)) is not None
            and function.asynchronous is not None
            and names.is_generator(function)
            and not function.decorators
            for each in made
        )
    )


def _is_even(names: TypedNames, member: str) -> bool:
    """Return whether all members of this name are plain coroutine functions."""
    definitions = names.definitions
    return not any(
        each in definitions.uneven or each in definitions.assigned
        for each in (member, ANY_MEMBER)
    )


def is_undecorated_coroutine(names: TypedNames, function: cst.FunctionDef) -> bool:
    """Return whether a definition makes a coroutine function and no more."""
    return (
        function.asynchronous is not None
        and not names.is_generator(function)
        and all(
            names.qualified(each.decorator) in _TRANSPARENT
            for each in function.decorators
        )
    )


def may_make(names: TypedNames, libraries: Libraries, call: cst.Call) -> bool:
    """Return whether a call may make a coroutine."""
    function = call.func
    if names.qualified(function) == "builtins.anext":
        return True
    if isinstance(function, cst.Attribute) and not names.imported(function):
        if function.attr.value in PROTOCOLS | _HOLDING:
            return True
        kind = _known_kind(names, function)
        numbers = _ASYNCIO_METHODS.get(function.attr.value, ())
        if "asyncio" in names.words:
            numbers = numbers or _STREAM_METHODS.get(function.attr.value, ())
        if kind is None and (
            len(call.args) in numbers or function.attr.value in CARRIED
        ):
            return True
        member = function.attr.value
        of_anyio = kind.startswith("anyio.") if kind else "anyio" in names.words
        if of_anyio and (member in _ANYIO_METHODS or member in _ASYNCIO_METHODS):
            return True
    if is_handed_to_asyncio(names, call) and _is_of_sources(names, function):
        return True
    return may_be_coroutine_function(names, libraries, function)


def is_handed_to_asyncio(names: TypedNames, call: cst.BaseExpression) -> bool:
    """Return whether a call is what a function of asyncio is to wait for."""
    node: cst.CSTNode = call
    for parent in names.ancestors(call):
        if isinstance(parent, cst.Call):
            taker = names.qualified(parent.func)
            if isinstance(parent.func, cst.Attribute) and taker is None:
                taker = parent.func.attr.value
                if taker == "run" and names.kind(parent.func.value) == RUNNER:
                    taker = "asyncio.run"
            first = taker in _TAKING_AWAITABLES and node is parent.args[0]
            # `pool.submit(asyncio.run, f(x))`
            through = any(
                names.qualified(each.value) in _TAKING_AWAITABLES
                for each in parent.args
                if each is not node
            )
            return first or through or taker == "asyncio.gather"
        held = isinstance(parent, _HOLDERS) or (
            isinstance(parent, _COMPREHENSIONS) and parent.elt is node
        )
        if not held:
            return False
        node = parent
    return False


def _is_of_sources(names: TypedNames, function: cst.BaseExpression) -> bool:
    """Return whether nothing says that a function is one of asyncio or of Python."""
    if any(names.definitions.module_of(e) is None for e in names.imported(function)):
        return False
    if (names.qualified(function) or "").startswith("builtins."):
        return False
    if not isinstance(function, cst.Attribute):
        return True
    return not (_known_kind(names, function) or "").startswith(_KNOWN)


def _known_kind(names: TypedNames, member: cst.Attribute) -> str | None:
    """Return the class of what is asked for a member, if its members are known."""
    kind = (
        owner_of(names, member)
        or names.owner(member.value)
        or kind_of_literal(member.value)
    )
    if kind is not None and kind.startswith("asyncio.") and kind not in METHODS:
        return None
    return kind


def may_be_coroutine_function(
    names: TypedNames, libraries: Libraries, function: cst.BaseExpression
) -> bool:
    """Return whether a call of what an expression stands for may make a coroutine."""
    imported, definitions = names.imported(function), names.definitions
    name = called_name(names, function)
    if any(definitions.module_of(each) is None for each in imported):
        verdicts = map(libraries.verdict, imported)
        return any(row is not None and row.coroutine for row in verdicts)
    if isinstance(function, cst.Attribute) and not imported:
        kind = _known_kind(names, function)
        if kind in METHODS:
            return function.attr.value in METHODS[kind]
        if _has_plain_methods(kind or ""):
            return kind == "builtins.type" and name in definitions.assigned
    if isinstance(function, cst.Name) and (local := names.functions(function)):
        return any(_may_give_coroutine(names, each) for each in local)
    return definitions.may_wait(name) or (
        isinstance(function, cst.Attribute) and name in definitions.assigned
    )


def _has_plain_methods(kind: str) -> bool:
    """Return whether a class of the standard library has no methods to wait for."""
    home, _, name = kind.partition(".")
    return home in _PLAIN_MODULES or (home == "typing" and name in _COLLECTION_TYPES)


def _may_give_coroutine(names: TypedNames, function: cst.FunctionDef) -> bool:
    """Return whether a function of this module may return a coroutine."""
    definitions = names.definitions
    if function.asynchronous is not None and names.is_generator(function):
        return bool(function.decorators)
    if function.asynchronous is not None or says_awaitable(names, function):
        return True
    if function.decorators or names.qualified(function) in definitions.decorated:
        return definitions.may_wait(function.name.value)
    return any(map(definitions.may_wait, returned_names(names, function)))


def called_name(names: TypedNames, function: cst.BaseExpression) -> str:
    """Return by which name a function is known; `UNKNOWN_FUNCTION` without one."""
    if isinstance(function, cst.Attribute):
        return function.attr.value
    if not isinstance(function, cst.Name):
        return UNKNOWN_FUNCTION
    if names.functions(function) or names.classes(function):
        return function.value
    if names.qualified(function) is not None:
        return function.value
    return UNKNOWN_FUNCTION


def is_kept(names: TypedNames, value: cst.BaseExpression) -> bool:
    """Return whether a value, not awaited there, may be an awaitable.

    Whatever happens to it, or if nothing does: what hands out an awaitable must not
    wait for it here. Where only other values can be used it is none.
    """
    node: cst.CSTNode = value
    parent = names.parent(node)
    while isinstance(parent, (cst.IfExp, cst.BooleanOperation)):
        if isinstance(parent, cst.IfExp) and parent.test is node:
            return True
        node, parent = parent, names.parent(parent)
    if isinstance(parent, cst.Await):
        return node is not value
    if isinstance(parent, cst.Arg):
        taker = names.parent(parent)
        if not isinstance(taker, cst.Call):
            return True  # a base class
        return not parent.star and names.qualified(taker.func) not in _CONSUMING
    if isinstance(parent, cst.UnaryOperation):
        return isinstance(parent.operator, cst.Not)
    if isinstance(parent, (cst.Subscript, cst.Call)):
        return False
    if isinstance(parent, (cst.For, cst.CompFor)):
        return parent.iter is not node
    return not isinstance(parent, _OF_OTHER_VALUES)


# What has no coroutine, future or task as its operand.
_OF_OTHER_VALUES = (cst.AugAssign, cst.BinaryOperation, cst.From, cst.StarredElement)


def hands_out(
    names: TypedNames, libraries: Libraries, function: cst.FunctionDef
) -> bool:
    """Return whether a plain function returns what its user is to wait for.

    That is a coroutine that it makes, or the future of `gather()`; whatever it says to
    be an awaitable; and anything if it takes the place of a coroutine function.
    """
    for call in _returned_calls(names, function):
        qualified = names.qualified(call.func)
        if qualified in WAITED_FOR or may_make(names, libraries, call):
            return True
    if not _returns_value(names, function):
        return False
    if function.name.value in PROTOCOLS | {"__anext__"}:
        return True
    return says_awaitable(names, function) or _is_override(names, function)


def says_awaitable(names: TypedNames, function: cst.FunctionDef) -> bool:
    """Return whether a plain function is annotated to return an awaitable."""
    if function.asynchronous is not None or function.returns is None:
        return False
    annotation = names.unquoted(function.returns.annotation)
    return (
        isinstance(annotation, cst.Subscript)
        and names.qualified(annotation.value) in AWAITABLE_TYPES
    )


def _is_override(names: TypedNames, function: cst.FunctionDef) -> bool:
    """Return whether a base has a coroutine function in the place of a plain method."""
    holder = names.enclosing(function, cst.ClassDef, cst.FunctionDef)
    owner = names.qualified(holder) if isinstance(holder, cst.ClassDef) else None
    return owner is not None and names.definitions.is_coroutine_method(
        owner, function.name.value
    )


def _returns_value(names: TypedNames, function: cst.FunctionDef) -> bool:
    from .task_calls import returned

    return not names.is_generator(function) and bool(returned(function))


def returned_names(names: TypedNames, function: cst.FunctionDef) -> set[str]:
    """Return the names of those whose results a plain function may return."""
    found: set[str] = set()
    for each in _returned_calls(names, function):
        imported = names.imported(each.func)
        foreign = {e for e in imported if e.partition(".")[0] != names.package}
        found |= foreign & WAITED_FOR
        if not foreign:
            name = called_name(names, each.func)
            found.add(name)
            if isinstance(each.func, cst.Attribute):
                found.add(f".{name}")  # it may be assigned
    return found


def _returned_calls(names: TypedNames, function: cst.FunctionDef) -> Iterator[cst.Call]:
    from .task_calls import returned

    if function.asynchronous is not None or names.is_generator(function):
        return
    for value in returned(function):
        for each in meant_by(names, value):
            if isinstance(each, cst.Call):
                yield each


def calls_around(names: TypedNames, decorator: cst.Decorator) -> bool:
    """Return whether a decorator of the standard library calls what it is given.

    So do caches, and the context managers of generator functions.
    """
    maker = decorator.decorator
    called = maker.func if isinstance(maker, cst.Call) else maker
    qualified = names.qualified(called)
    if qualified in _CALLING:
        return True
    return _is_manager(names, called, "contextlib.contextmanager") or (
        _is_subclass(names, called, "contextlib.ContextDecorator")
    )


def waits_around(names: TypedNames, decorator: cst.Decorator) -> bool:
    """Return whether a decorator of the standard library waits for what it is given.

    So do the asynchronous context managers of generator functions.
    """
    maker = decorator.decorator
    if not isinstance(maker, cst.Call):
        return False
    return _is_manager(names, maker.func, "contextlib.asynccontextmanager") or (
        _is_subclass(names, maker.func, "contextlib.AsyncContextDecorator")
    )


def is_patch(names: TypedNames, decorator: cst.Decorator) -> bool:
    """Recognize `@mock.patch(...)`, which waits for a coroutine function."""
    maker = decorator.decorator
    return isinstance(maker, cst.Call) and names.qualified(maker.func) in _PATCHING


def _is_manager(names: TypedNames, called: cst.BaseExpression, maker: str) -> bool:
    local = names.function(called) if isinstance(called, cst.Name) else None
    if local is not None:
        return any(names.qualified(e.decorator) == maker for e in local.decorators)
    return names.definitions.managers.get(names.qualified(called) or "") == maker


def _is_subclass(names: TypedNames, called: cst.BaseExpression, base: str) -> bool:
    qualified = names.qualified(called)
    return qualified is not None and base in names.definitions.bases(qualified)


def mapped(names: TypedNames, call: cst.Call) -> cst.Arg | None:
    """Return the argument of `map()` that is called for each of the others."""
    if names.qualified(call.func) not in _MAPPING or not call.args:
        return None
    first = call.args[0]
    function = first.value
    if first.star or first.keyword or isinstance(function, cst.Lambda):
        return None
    if isinstance(function, cst.Name) and (
        (names.qualified(function) or "").startswith("builtins.")
    ):
        return None
    return None if _is_carried(names, function) else first


def _is_carried(names: TypedNames, function: cst.BaseExpression) -> bool:
    """Return whether a function is what a twin already gives to `map()`."""
    if not isinstance(function, cst.Call) or not function.args:
        return False
    qualified = names.qualified(function.args[0].value) or ""
    return qualified.endswith(
        (".turns.dynamic_calls.deferred", ".turns.dynamic_calls.later")
    )
