"""Which class a value is of, where the source shows it.

A kind is a qualified name such as `asyncio.Event`: what every assignment to a
name (or to an attribute of `self`) calls, or what its annotation says. Where
two of them disagree, or one is unknown, the value has no kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst
from libcst.helpers import get_full_name_for_node

from .server_connection_handlers import handlers_in

if TYPE_CHECKING:
    from ..symbols.names import Names

LOOP = "asyncio.AbstractEventLoop"
FUTURE = "asyncio.Future"
TASK = "asyncio.Task"
TASK_GROUP = "asyncio.TaskGroup"
ANYIO_GROUP = "anyio.abc.TaskGroup"
TIMEOUT = "asyncio.Timeout"
COMPLETED = "asyncio.as_completed"  # what a loop over it is given

READER = "asyncio.StreamReader"
WRITER = "asyncio.StreamWriter"
PROCESS = "asyncio.subprocess.Process"
SERVER = "asyncio.Server"
RUNNER = "asyncio.Runner"
TIMER = "asyncio.TimerHandle"

CALLS_FOR_LOOP = ("asyncio.get_running_loop", "asyncio.get_event_loop")
UNKNOWN = "?"

_REDIS = "redis.asyncio"
_REDIS_CLIENTS = [
    f"{_REDIS}.{name}"
    for name in ("Redis", "StrictRedis", "client.Redis", "client.StrictRedis")
]
# What else makes a value of these kinds.
_KIND_OF_CALL = {
    **dict.fromkeys(CALLS_FOR_LOOP, LOOP),
    "asyncio.new_event_loop": LOOP,
    "asyncio.create_task": TASK,
    "asyncio.ensure_future": TASK,
    "asyncio.timeout": TIMEOUT,
    "asyncio.timeout_at": TIMEOUT,
    "sqlalchemy.ext.asyncio.create_async_engine": "sqlalchemy.ext.asyncio.AsyncEngine",
    f"{_REDIS}.from_url": f"{_REDIS}.Redis",
    **{
        f"{each}.{made}": each
        for each in _REDIS_CLIENTS
        for made in ("from_pool", "from_url")
    },
}
# What the calls return that make these when they are awaited.
_KIND_OF_AWAITED = {
    "asyncio.create_subprocess_exec": PROCESS,
    "asyncio.create_subprocess_shell": PROCESS,
    "asyncio.subprocess.create_subprocess_exec": PROCESS,
    "asyncio.subprocess.create_subprocess_shell": PROCESS,
    "asyncio.start_server": SERVER,
    "asyncio.start_unix_server": SERVER,
}
_PAIRS_OF_STREAMS = {"asyncio.open_connection", "asyncio.open_unix_connection"}
_KIND_OF_ATTRIBUTE = {
    (PROCESS, "stdin"): WRITER,
    (PROCESS, "stdout"): READER,
    (PROCESS, "stderr"): READER,
}
# What `async with x() as y` makes y, and what methods of a value of these kinds return.
_SQL = "sqlalchemy.ext.asyncio"
_KIND_OF_ENTERED = {
    each: each
    for each in (
        *("httpx.AsyncClient", f"{_SQL}.AsyncSession", "psycopg.AsyncConnection"),
        *_REDIS_CLIENTS,
    )
} | {
    "asyncio.timeout": TIMEOUT,
    "asyncio.timeout_at": TIMEOUT,
    "anyio.create_task_group": ANYIO_GROUP,
    RUNNER: RUNNER,
    TASK_GROUP: TASK_GROUP,
}
_KIND_OF_METHOD = {
    (LOOP, "create_future"): FUTURE,
    (LOOP, "create_task"): TASK,
    (LOOP, "call_at"): TIMER,
    (LOOP, "call_later"): TIMER,
    (TASK_GROUP, "create_task"): TASK,
    (f"{_SQL}.AsyncEngine", "begin"): f"{_SQL}.AsyncConnection",
    (f"{_SQL}.AsyncEngine", "connect"): f"{_SQL}.AsyncConnection",
    **{
        (client, method): f"{_REDIS}.client.{made}"
        for client in _REDIS_CLIENTS
        for method, made in (("pubsub", "PubSub"), ("pipeline", "Pipeline"))
    },
}
_PROPERTIES = {"builtins.property", "functools.cached_property"}
_COPIES = {"builtins.list", "builtins.set", "builtins.tuple", "builtins.frozenset"}
_COLLECTIONS = {"list", "set", "tuple", "frozenset", "List", "Set", "Tuple",
                "Iterable", "Iterator", "Sequence", "Collection", "deque"}  # fmt: skip


_TYPING = ("typing", "typing_extensions")
# Of these the first argument says what the value is, or all say it together.
_AROUND = {
    f"{home}.{name}"
    for home in _TYPING
    for name in ("Annotated", "ClassVar", "Final", "NotRequired", "Optional",
                 "ReadOnly", "Required")
}  # fmt: skip
_UNIONS = {f"{home}.Union" for home in _TYPING}
_SELF = {f"{home}.Self" for home in _TYPING}
# These say nothing of the class of a value.
_SAY_NOTHING = {"builtins.object", "builtins.type"} | {
    f"{home}.{name}"
    for home in _TYPING
    for name in ("Any", "Type", "TypeAlias", *("ClassVar", "Final"))
}
_LITERALS: list[tuple[type[cst.BaseExpression], str]] = [
    (cst.Dict, "builtins.dict"),
    (cst.DictComp, "builtins.dict"),
    (cst.List, "builtins.list"),
    (cst.ListComp, "builtins.list"),
    (cst.Set, "builtins.set"),
    (cst.SetComp, "builtins.set"),
    (cst.Tuple, "builtins.tuple"),
    (cst.FormattedString, "builtins.str"),
]


def kind_of_literal(value: cst.BaseExpression) -> str | None:
    """Return the class of a value that is written out."""
    if isinstance(value, cst.SimpleString):
        return "builtins.bytes" if "b" in value.prefix else "builtins.str"
    if isinstance(value, cst.ConcatenatedString):
        return kind_of_literal(value.left)
    return next((kind for type_, kind in _LITERALS if isinstance(value, type_)), None)


class Kinds:
    """Answers about the values of one module."""

    def __init__(self, names: Names) -> None:
        self._names = names
        # By id, with the node itself, which keeps the id from being given again.
        self._known: dict[int, tuple[cst.CSTNode, str | None]] = {}
        self._followed: set[cst.CSTNode] = set()

    def kind(self, node: cst.BaseExpression) -> str | None:
        """Return the one kind that a value can have."""
        known = self._known.get(id(node))
        if known is not None:
            return known[1]
        if isinstance(node, cst.NamedExpr):
            return self.kind(node.target)
        if isinstance(node, cst.Subscript):
            one = len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index)
            return self.element_kind(node.value) if one else None
        self._known[id(node)] = node, None  # what is bound to itself has no kind
        targets = self._names.targets(node)
        kinds = {kind for target in targets for kind in self._bound_by(target)}
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
            owners = set(self._of_value(node.func.value))
            method = node.func.attr.value
            kinds = {_KIND_OF_METHOD.get((each, method), "?") for each in owners}
        if not targets and isinstance(node, cst.Attribute):
            owner = self.kind(node.value)
            kinds = {_KIND_OF_ATTRIBUTE.get((owner or "", node.attr.value), "?")}
            if (function := self._property(node)) is not None:
                kinds = set(self._got_from(function))
        kind = kinds.pop() if len(kinds) == 1 else UNKNOWN
        self._known[id(node)] = node, None if kind == UNKNOWN else kind
        return self._known[id(node)][1]

    def kinds(self, node: cst.BaseExpression) -> set[str]:
        """Return all kinds that are shown of a value, which may be others too."""
        found = {
            kind for each in self._names.targets(node) for kind in self._bound_by(each)
        }
        return found - {UNKNOWN}

    def _property(self, node: cst.Attribute) -> cst.FunctionDef | None:
        """Return the property that `self.x` is, in the class around it."""
        owner = self._names.enclosing(node, cst.ClassDef)
        if owner is None or get_full_name_for_node(node.value) != "self":
            return None
        found = [
            each
            for each in owner.body.body
            if isinstance(each, cst.FunctionDef)
            and each.name.value == node.attr.value
            and any(
                self._names.qualified(d.decorator) in _PROPERTIES
                for d in each.decorators
            )
        ]
        plain = len(found) == 1 and found[0].asynchronous is None
        return found[0] if plain else None

    def _got_from(self, function: cst.FunctionDef) -> Iterator[str]:
        """Yield the kinds of what a property can return."""
        values = [
            each.value
            for each in self._names.nodes.of(cst.Return)
            if each.value and self._names.enclosing(each, cst.FunctionDef) is function
        ]
        kinds = {kind for each in values for kind in self._of_value(each)}
        if function.returns is not None:
            kinds = set(self.annotated(function.returns.annotation))
        # In the twin a loop that nothing keeps is another one each time.
        kept = all(isinstance(each, cst.Attribute) for each in values)
        yield from kinds if kept or LOOP not in kinds else {UNKNOWN}

    def element_kind(self, collection: cst.BaseExpression) -> str | None:
        """Return the one kind that the elements of a collection can have."""
        kinds = set(self._of_elements(collection))
        kind = kinds.pop() if len(kinds) == 1 else UNKNOWN
        return None if kind == UNKNOWN else kind

    def _bound_by(self, target: cst.CSTNode) -> Iterator[str]:
        """Yield the kinds that one binding allows."""
        holder = self._names.holder(target)
        if (
            isinstance(holder, (cst.AnnAssign, cst.Param))
            and holder.annotation
            and not (isinstance(holder, cst.Param) and holder.star)
        ):
            yield from self.annotated(holder.annotation.annotation)
        elif isinstance(holder, (cst.Assign, cst.NamedExpr)):
            yield from self._of_value(holder.value)
        elif isinstance(holder, cst.Element) and (
            values := [*self._names.unpacked(holder)]
        ):
            yield from self._of_value(values[0])
        elif isinstance(holder, cst.Element):
            yield from self._of_member(holder)
        elif isinstance(holder, cst.Param) and holder.star:
            yield "builtins.dict" if holder.star == "**" else "builtins.tuple"
        elif isinstance(holder, cst.Param):
            yield self._given_to_handler(holder)
        elif isinstance(holder, cst.WithItem):
            yield self._entered(holder.item)
        elif isinstance(holder, (cst.For, cst.CompFor)) and holder.target is target:
            yield from self._of_elements(holder.iter)
        else:
            yield UNKNOWN

    def _awaited_call(self, value: cst.BaseExpression) -> str:
        """Return what is called in `await call()`, with or without a deadline."""
        call = value.expression if isinstance(value, cst.Await) else None
        called = (
            self._names.qualified(call.func) if isinstance(call, cst.Call) else None
        )
        if called == "asyncio.wait_for" and isinstance(call, cst.Call) and call.args:
            inner = call.args[0].value
            if isinstance(inner, cst.Call):
                called = self._names.qualified(inner.func)
        return called or ""

    def _of_member(self, element: cst.Element) -> Iterator[str]:
        """Yield the kinds of `a` in `a, b = await call()`."""
        assign = self._names.enclosing(element, cst.Assign)
        target = self._names.parent(element)
        if assign is None or not isinstance(target, cst.Tuple):
            yield UNKNOWN
            return
        index = target.elements.index(element)
        if self._awaited_call(assign.value) in _PAIRS_OF_STREAMS and index < 2:
            yield (READER, WRITER)[index]
            return
        returned = self._returned(assign.value)
        if isinstance(returned, cst.Subscript) and index < len(returned.slice):
            inner = returned.slice[index].slice
            is_tuple = self._names.qualified(returned.value) == "builtins.tuple"
            if is_tuple and isinstance(inner, cst.Index):
                yield from self.annotated(inner.value)
                return
        yield UNKNOWN

    def _returned(self, value: cst.BaseExpression) -> cst.BaseExpression | None:
        """Return what a function of this module says that its call returns."""
        call = value.expression if isinstance(value, cst.Await) else value
        if not (isinstance(call, cst.Call) and isinstance(call.func, cst.Name)):
            return None
        function = self._names.function(call.func)
        is_awaited = isinstance(value, cst.Await)
        if function is None or is_awaited != (function.asynchronous is not None):
            return None
        if function.returns is None:
            return None
        return self._names.unquoted(function.returns.annotation)

    def _given_to_handler(self, param: cst.Param) -> str:
        """Return what a server gives to a parameter of its handler."""
        function = self._names.enclosing(param, cst.FunctionDef)
        if function is None or function.name.value not in self._handlers:
            return UNKNOWN
        given = [each for each in function.params.params if each.name.value != "self"]
        if len(given) == 2 and param in given:
            return (READER, WRITER)[given.index(param)]
        return UNKNOWN

    @cached_property
    def _handlers(self) -> set[str]:
        return handlers_in(self._names)

    def _entered(self, item: cst.BaseExpression) -> str:
        """Return the kind of `x` in `async with item as x`."""
        if isinstance(item, cst.Await):
            return _KIND_OF_AWAITED.get(self._awaited_call(item), UNKNOWN)
        if isinstance(item, (cst.Name, cst.Attribute)) and self.kind(item) == SERVER:
            return SERVER
        if not isinstance(item, cst.Call):
            return UNKNOWN
        called = self._names.qualified(item.func)
        if called is None and isinstance(item.func, cst.Attribute):
            owner = self.kind(item.func.value) or ""
            return _KIND_OF_METHOD.get((owner, item.func.attr.value), UNKNOWN)
        return _KIND_OF_ENTERED.get(called or "", UNKNOWN)

    def _of_value(self, value: cst.BaseExpression) -> Iterator[str]:
        if isinstance(value, cst.Name) and value.value == "None":
            return
        if isinstance(value, (cst.Name, cst.Attribute, cst.Subscript)):
            yield self.kind(value) or UNKNOWN
            return
        if isinstance(value, cst.Await):
            yield _KIND_OF_AWAITED.get(self._awaited_call(value), UNKNOWN)
            return
        if isinstance(value, cst.BooleanOperation):
            yield from self._of_value(value.left)
            yield from self._of_value(value.right)
            return
        if isinstance(value, cst.IfExp):
            yield from self._of_value(value.body)
            yield from self._of_value(value.orelse)
            return
        if not isinstance(value, cst.Call):
            yield kind_of_literal(value) or UNKNOWN
            return
        function = value.func
        if isinstance(function, cst.Subscript):  # asyncio.Queue[int]()
            function = function.value
        of_call = isinstance(function, cst.Attribute) and isinstance(
            function.value, cst.Call
        )
        called = None if of_call else self._names.qualified(function)
        if called is not None:
            yield _KIND_OF_CALL.get(called, called)
        elif isinstance(function, cst.Attribute):
            for owner in self._of_value(function.value):
                yield _KIND_OF_METHOD.get((owner, function.attr.value), UNKNOWN)
        else:
            yield UNKNOWN

    def _of_elements(self, collection: cst.BaseExpression) -> Iterator[str]:
        """Yield the kinds of the elements that a loop over a collection has."""
        if isinstance(collection, (cst.ListComp, cst.SetComp, cst.GeneratorExp)):
            yield from self._of_value(collection.elt)
        elif isinstance(collection, (cst.List, cst.Tuple, cst.Set)):
            for element in collection.elements:
                starred = isinstance(element, cst.StarredElement)
                yield from [UNKNOWN] if starred else self._of_value(element.value)
        elif isinstance(collection, (cst.Name, cst.Attribute)):
            targets = self._names.targets(collection)
            yield from [] if targets else [UNKNOWN]
            for target in targets:
                yield from self._elements_bound_by(target)
        elif isinstance(collection, cst.Call):
            called = self._names.qualified(collection.func)
            if called in _COPIES and len(collection.args) == 1:
                yield from self._of_elements(collection.args[0].value)
            elif called in _COPIES and not collection.args:
                return  # nothing is in it yet
            else:
                yield COMPLETED if called == COMPLETED else UNKNOWN
        else:
            yield UNKNOWN

    def _elements_bound_by(self, target: cst.CSTNode) -> Iterator[str]:
        holder = self._names.holder(target)
        if isinstance(holder, (cst.AnnAssign, cst.Param)) and holder.annotation:
            annotation = self._names.unquoted(holder.annotation.annotation)
            if isinstance(annotation, cst.Subscript):
                name = annotation.value
                last = name.attr if isinstance(name, cst.Attribute) else name
                if isinstance(last, cst.Name) and last.value in _COLLECTIONS:
                    for element in annotation.slice:
                        inner = element.slice
                        if not isinstance(inner, cst.Index):
                            yield UNKNOWN
                        elif not isinstance(inner.value, cst.Ellipsis):
                            yield from self.annotated(inner.value)
                    return
        elif isinstance(holder, cst.Assign):
            if holder not in self._followed:  # else it is assigned to itself
                self._followed.add(holder)
                yield from self._of_elements(holder.value)
                self._followed.remove(holder)
            return
        elif isinstance(holder, cst.Element) and self._waits_for_tasks(holder):
            yield TASK
            return
        yield UNKNOWN

    def _waits_for_tasks(self, element: cst.Element) -> bool:
        """Return whether an element is `a` of `a, b = await asyncio.wait(...)`."""
        assign = self._names.enclosing(element, cst.Assign)
        value = assign.value if assign is not None else None
        call = value.expression if isinstance(value, cst.Await) else None
        return isinstance(call, cst.Call) and (
            self._names.qualified(call.func) == "asyncio.wait"
        )

    def annotated(self, annotation: cst.BaseExpression) -> Iterator[str]:
        """Yield the kinds that an annotation allows."""
        annotation = self._names.unquoted(annotation)
        if isinstance(annotation, cst.BinaryOperation):
            yield from self.annotated(annotation.left)
            yield from self.annotated(annotation.right)
        elif isinstance(annotation, cst.Subscript):
            outer = self._names.qualified(annotation.value)
            inner = annotation.slice[0].slice
            if outer in _AROUND and isinstance(inner, cst.Index):
                yield from self.annotated(inner.value)
            elif outer in _UNIONS:
                for each in annotation.slice:
                    if isinstance(each.slice, cst.Index):
                        yield from self.annotated(each.slice.value)
            else:
                yield from self.annotated(annotation.value)
        elif not (isinstance(annotation, cst.Name) and annotation.value == "None"):
            yield self._of_name(annotation)

    def _of_name(self, annotation: cst.BaseExpression) -> str:
        """Return the kind that the name of a type stands for."""
        qualified = self._names.qualified(annotation) or UNKNOWN
        if qualified in _SAY_NOTHING:
            return UNKNOWN
        if qualified in _SELF:
            here = self._names.enclosing(annotation, cst.ClassDef)
            qualified = (self._names.qualified(here) if here else None) or UNKNOWN
        return qualified
