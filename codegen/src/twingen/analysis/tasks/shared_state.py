"""State that tasks share without a lock, where threads would mix it up.

Between two awaits asyncio runs nobody else; threads switch anywhere. Found is what a
task reads and then writes while another task may write it, and what more than one
task function writes: attributes of `self`, variables of the module and of functions
around, and collections in them. What an object of unknown class may protect
(`async with self.session:`) is taken for protected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst
from libcst.helpers import get_full_name_for_node
from libcst.metadata import Assignment, FunctionScope, GlobalScope

from ...syntax.traversal import children
from .task_functions import APART, OFTEN, called, defined, in_tasks, starts

if TYPE_CHECKING:
    from ..types.typed_names import TypedNames

_LOCKS = {"asyncio.Condition", "asyncio.Lock", "threading.Lock", "threading.RLock"}
_SEMAPHORES = {"asyncio.BoundedSemaphore", "asyncio.Semaphore"}
_CHANGING = {
    "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop",
    "popitem", "popleft", "remove", "reverse", "rotate", "setdefault", "sort", "update",
}  # fmt: skip
_GROWING = {"add", "append", "appendleft"}
_COLLECTIONS = {
    "Counter", "DefaultDict", "Deque", "Dict", "List", "MutableMapping",
    "MutableSequence", "MutableSet", "OrderedDict", "Set", "defaultdict", "deque",
    "dict", "list", "set",
}  # fmt: skip
_CONSTANTS = ("False", "None", "True")
_BEFORE_TASKS = {"__init__", "__new__", "__post_init__"}


@dataclass(frozen=True)
class Shared:
    """State without a lock: its name, who changes it, and where it is changed.

    `node` is where it is written, and `read` where it was read before (the same node in
    `x += 1`), if that is what threads break; `owner` is the class of an attribute.
    """

    name: str
    owner: str
    node: cst.CSTNode
    read: cst.CSTNode | None
    functions: tuple[str, ...]
    often: bool


@dataclass(frozen=True)
class _Access:
    """One use of a state; `step` counts those of a function in the order they run."""

    state: tuple[str, str]
    node: cst.CSTNode
    step: int
    writes: bool
    locked: bool
    constant: bool = False
    itself: bool = False
    """It reads what it writes: `x += 1`."""
    decided_by: tuple[int, ...] = ()
    """The steps of the tests around it."""
    grows: bool = False
    """It adds one element, which is one step for threads, too."""


@dataclass
class _Function:
    """A function with what it uses, and by which tasks it is run."""

    node: cst.FunctionDef
    accesses: list[_Access] = field(default_factory=list)
    calls: list[tuple[cst.FunctionDef, bool]] = field(default_factory=list)
    tasks: dict[int, str] = field(default_factory=dict)
    """How the tasks of each start run it, by the id of what they start."""
    locked: bool = True


def shared_state(names: TypedNames) -> Iterator[Shared]:
    """Yield what the tasks of a module share without a lock, in the source's order."""
    roots = _roots(names)
    if not roots:
        return
    nodes = {
        qualified: each
        for each in names.nodes.of(cst.FunctionDef)
        if (qualified := names.qualified(each)) is not None
    }
    functions: dict[int, _Function] = {}
    for each in names.nodes.of(cst.FunctionDef):
        functions[id(each)] = _Reader(names, each, nodes).read()
    for root, how in roots:
        _follow(functions, root, how)
    states: dict[tuple[str, str], list[tuple[_Function, _Access]]] = {}
    for function in functions.values():
        for access in function.accesses:
            states.setdefault(access.state, []).append((function, access))
    found = [
        shared
        for state, accesses in states.items()
        if (shared := _shared(state, accesses)) is not None
    ]
    order = {id(node): number for number, node in enumerate(names.nodes)}
    yield from sorted(found, key=lambda each: order.get(id(each.node), 0))


def _roots(names: TypedNames) -> list[tuple[cst.FunctionDef, str]]:
    """Return the functions of a module that tasks start with."""
    known = in_tasks(names.definitions)
    found: list[tuple[cst.FunctionDef, str]] = []
    local: dict[int, list[str]] = {}
    for each in starts(names):
        if each.function is not None:
            local.setdefault(id(each.function), []).append(each.how)
        elif each.qualified:
            name = defined(names.definitions, each.qualified)
            known.setdefault(name, set()).add(each.how)
    twice = _started_twice(names)
    for function in names.nodes.of(cst.FunctionDef):
        qualified = names.qualified(function) or ""
        ways = [*local.get(id(function), ()), *known.get(qualified, ())]
        if ways:
            several = qualified in twice or len(local.get(id(function), ())) > 1
            how = OFTEN if OFTEN in ways or several else min(ways)  # apart, then once
            found.append((function, how))
    return found


def _started_twice(names: TypedNames) -> set[str]:
    """Return the methods that `gather(self.f(1), self.f(2))` starts."""
    seen: set[str] = set()
    twice: set[str] = set()
    for each in starts(names):
        if each.function is None:
            name = defined(names.definitions, each.qualified)
            (twice if name in seen else seen).add(name)
    return twice


def _follow(functions: dict[int, _Function], root: cst.FunctionDef, how: str) -> None:
    """Note what the tasks of one start run, and whether they hold a lock there."""
    waiting = [(root, False)]
    seen: set[tuple[int, bool]] = set()
    while waiting:
        node, locked = waiting.pop()
        if (id(node), locked) in seen or id(node) not in functions:
            continue
        seen.add((id(node), locked))
        function = functions[id(node)]
        function.locked &= locked
        function.tasks[id(root)] = how
        waiting += [(each, locked or held) for each, held in function.calls]


def _shared(
    state: tuple[str, str], accesses: Sequence[tuple[_Function, _Access]]
) -> Shared | None:
    """Return what is to be said of one state, `None` if nothing is."""
    of_self = state[1].startswith("self.")
    free = [
        (function, access)
        for function, access in accesses
        if not (access.locked or (function.tasks and function.locked))
    ]
    in_task = [(f, a) for f, a in free if f.tasks and a.writes]
    writers = {id(function.node): function for function, _ in in_task}
    tasks = {each for function in writers.values() for each in function.tasks}
    often = any(
        how == OFTEN or (how == APART and not of_self)
        for function in writers.values()
        for how in function.tasks.values()
    )
    outside = [
        (f, a)
        for f, a in free
        if not f.tasks and a.writes and f.node.name.value not in _BEFORE_TASKS
    ]
    updates = [(a, r) for f, a in in_task if (r := _read_before(f, a)) is not None]
    other_updates = [f for f, a in outside if _read_before(f, a) is not None]
    if updates and (often or len(tasks) > 1 or other_updates):
        access, read = updates[0]
        found = [*writers.values(), *other_updates]
        return _said(state, access, read, found, often)
    harmless = [access.constant or access.grows for _, access in in_task]
    if len(tasks) > 1 and len(writers) > 1 and not all(harmless):
        first = next(a for _, a in in_task if not (a.constant or a.grows))
        return _said(state, first, None, list(writers.values()), often)
    return None


def _said(
    state: tuple[str, str],
    access: _Access,
    read: cst.CSTNode | None,
    functions: Sequence[_Function],
    often: bool,
) -> Shared:
    named = dict.fromkeys(each.node.name.value for each in functions)
    owner, name = state
    return Shared(
        name,
        owner if name.startswith("self.") else "",
        access.node,
        read,
        tuple(named),
        often,
    )


def _read_before(function: _Function, write: _Access) -> cst.CSTNode | None:
    """Return what a function read of a state before it writes that.

    A constant is written whatever was read before, except where a test decided it.
    """
    if write.itself:
        return write.node
    for each in function.accesses:
        if each.writes or each.state != write.state or each.locked:
            continue
        if each.step in write.decided_by:
            return each.node
        if each.step < write.step and not write.constant:
            return each.node
    return None


class _Reader:
    """Collects what one function uses, in the order in which it runs."""

    def __init__(
        self,
        names: TypedNames,
        function: cst.FunctionDef,
        defined: dict[str, cst.FunctionDef],
    ) -> None:
        self._names = names
        self._defined = defined
        self._found = _Function(function)
        self._tests: tuple[int, ...] = ()
        self._locks = 0
        self._held: set[str] = set()

    def read(self) -> _Function:
        self._visit(self._found.node.body)
        return self._found

    def _visit(self, node: cst.CSTNode) -> None:
        if isinstance(node, (cst.FunctionDef, cst.Lambda, cst.ClassDef)):
            return
        if isinstance(node, cst.With):
            self._visit_with(node)
        elif isinstance(node, (cst.If, cst.While)):
            self._visit_test(node)
        elif isinstance(node, cst.Assign):
            self._visit(node.value)
            for each in node.targets:
                self._write(each.target, node.value)
        elif isinstance(node, cst.AnnAssign):
            if node.value is not None:
                self._visit(node.value)
                self._write(node.target, node.value)
        elif isinstance(node, cst.AugAssign):
            self._visit(node.value)
            self._write(node.target, node.value, itself=True)
        elif isinstance(node, cst.Del):
            self._write(node.target, None)
        elif isinstance(node, (cst.For, cst.CompFor)):
            self._visit(node.iter)
            self._write(node.target, node.iter)
            for child in children(node):
                if child not in (node.iter, node.target):
                    self._visit(child)
        elif isinstance(node, cst.Call):
            self._visit_call(node)
        elif isinstance(node, (cst.Attribute, cst.Name)):
            self._visit_name(node)
        else:
            for child in children(node):
                self._visit(child)

    def _visit_with(self, node: cst.With) -> None:
        for item in node.items:
            self._visit(item.item)
        protected = any(_may_lock(self._names, each.item) for each in node.items)
        self._locks += protected
        self._visit(node.body)
        self._locks -= protected

    def _visit_test(self, node: cst.If | cst.While) -> None:
        first = len(self._found.accesses)
        self._visit(node.test)
        before = self._tests
        if isinstance(node, cst.If):  # a loop that is left is not what it asked
            self._tests += tuple(range(first, len(self._found.accesses)))
        self._visit(node.body)
        if node.orelse is not None:
            self._visit(node.orelse)
        self._tests = before

    def _visit_call(self, node: cst.Call) -> None:
        function = node.func
        if isinstance(function, cst.Attribute):
            self._hold(function)
            if _changes(self._names, function):
                for argument in node.args:
                    self._visit(argument.value)
                grows = function.attr.value in _GROWING
                self._add(function.value, writes=True, grows=grows)
                return
            if isinstance(function.value, (cst.Attribute, cst.Name)):
                self._visit(function.value)
        self._note_call(node)
        if not isinstance(function, (cst.Attribute, cst.Name)):
            self._visit(function)
        elif isinstance(function, cst.Attribute) and not isinstance(
            function.value, (cst.Attribute, cst.Name)
        ):
            self._visit(function.value)
        for argument in node.args:
            self._visit(argument.value)

    def _note_call(self, node: cst.Call) -> None:
        """Note what is called of the same module and, of objects, of the same one."""
        function = node.func
        if isinstance(function, cst.Attribute):
            receiver = function.value
            if isinstance(receiver, cst.Call):
                receiver = receiver.func
            mine = isinstance(receiver, cst.Name) and receiver.value in (
                "self", "cls", "super",
            )  # fmt: skip
            if not mine:
                return
        parent = self._names.parent(node)
        is_async = isinstance(parent, cst.Await)
        found = called(self._names, function)
        if found is None:
            return
        target, qualified = found
        if target is None:
            above = isinstance(function, cst.Attribute) and isinstance(
                function.value, cst.Call
            )
            name = defined(self._names.definitions, qualified, above=above)
            target = self._defined.get(name)
        if target is not None and (is_async or target.asynchronous is None):
            self._found.calls.append((target, self._is_locked()))

    def _hold(self, method: cst.Attribute) -> None:
        """Note `await lock.acquire()`, and that the lock is released."""
        name = get_full_name_for_node(method.value) or ""
        if method.attr.value == "acquire" and _is_lock(self._names, method.value):
            self._held.add(name)
        elif method.attr.value == "release":
            self._held.discard(name)

    def _is_locked(self) -> bool:
        return self._locks > 0 or bool(self._held)

    def _visit_name(self, node: cst.Attribute | cst.Name) -> None:
        if self._state(node) is not None:
            self._add(node, writes=False)
        elif isinstance(node, cst.Attribute):
            self._visit(node.value)

    def _write(
        self,
        target: cst.BaseExpression,
        value: cst.BaseExpression | None,
        itself: bool = False,
    ) -> None:
        if isinstance(target, (cst.Tuple, cst.List)):
            for each in target.elements:
                self._write(each.value, value)
        elif isinstance(target, cst.StarredElement):
            self._write(target.value, value)
        elif isinstance(target, cst.Subscript):
            for part in target.slice:
                self._visit(part)
            self._add(target.value, writes=True, itself=itself)
        elif isinstance(target, (cst.Attribute, cst.Name)):
            constant = value is not None and _is_constant(value)
            self._add(
                target, writes=True, itself=itself, constant=constant and not itself
            )

    def _add(
        self,
        node: cst.BaseExpression,
        *,
        writes: bool,
        itself: bool = False,
        constant: bool = False,
        grows: bool = False,
    ) -> None:
        state = self._state(node)
        if state is None:
            if not writes:
                return
            if isinstance(node, cst.Attribute):
                self._visit(node.value)
            return
        accesses = self._found.accesses
        accesses.append(
            _Access(
                state,
                node,
                len(accesses),
                writes,
                self._is_locked(),
                constant,
                itself,
                self._tests,
                grows,
            )
        )

    def _state(self, node: cst.BaseExpression) -> tuple[str, str] | None:
        """Return what identifies a state; `None` for what tasks do not share."""
        name = get_full_name_for_node(node)
        if isinstance(node, cst.Attribute):
            if not (name or "").startswith("self.") or not _is_path(node):
                found = self._names.qualified(node) or ""
                of_module = self._names.definitions.module_of(found) is not None
                return (found, name or "") if of_module else None
            owner = self._names.enclosing(node, cst.ClassDef)
            if owner is None:
                return None
            qualified = self._names.qualified(owner) or owner.name.value
            known = self._names.definitions
            above = [e for e in known.bases(qualified) if e in known.classes]
            return (above or [qualified])[-1], name or ""
        if not isinstance(node, cst.Name):
            return None
        scope = self._names.scope(node)
        for each in scope[node.value] if scope is not None else ():
            where = each.scope
            if not isinstance(each, Assignment):
                return None
            if isinstance(where, GlobalScope):
                return "", node.value
            if isinstance(where, FunctionScope) and where.node is not self._found.node:
                return f"{id(where)}", node.value
            return None
        return None


def _is_path(node: cst.BaseExpression) -> bool:
    while isinstance(node, cst.Attribute):
        node = node.value
    return isinstance(node, cst.Name)


def _is_constant(value: cst.BaseExpression) -> bool:
    if isinstance(value, cst.Name):
        return value.value in _CONSTANTS
    return isinstance(value, (cst.BaseNumber, cst.SimpleString))


def _changes(names: TypedNames, method: cst.Attribute) -> bool:
    """Return whether a method of a collection is called that changes it."""
    if method.attr.value not in _CHANGING:
        return False
    kind = names.kind(method.value)
    if kind is None:
        displays = (
            cst.Dict, cst.DictComp, cst.List, cst.ListComp, cst.Set, cst.SetComp,
        )  # fmt: skip
        return any(isinstance(each, displays) for each in names.values(method.value))
    home, _, name = kind.rpartition(".")
    return name in _COLLECTIONS and not home.startswith("asyncio")


def _is_lock(names: TypedNames, value: cst.BaseExpression) -> bool:
    """Return whether one task at a time holds an object."""
    kind = names.kind(value)
    if kind in _LOCKS:
        return True
    if kind not in _SEMAPHORES:
        return False
    made = [each for each in names.values(value) if isinstance(each, cst.Call)]
    return bool(made) and all(
        not each.args
        or (
            isinstance(each.args[0].value, cst.Integer)
            and each.args[0].value.value == "1"
        )
        for each in made
    )


def _may_lock(names: TypedNames, value: cst.BaseExpression) -> bool:
    """Return whether a context manager may be a lock: what is known is none."""
    definitions = names.definitions
    if isinstance(value, cst.Call):
        known = names.qualified(value.func)
        if known is not None:
            return (
                known in definitions.names or definitions.module_of(known) is not None
            )
        found = called(names, value.func)
        return found is not None
    kind = names.kind(value)
    if kind is None or definitions.module_of(kind) is not None:
        return True
    return _is_lock(names, value)
