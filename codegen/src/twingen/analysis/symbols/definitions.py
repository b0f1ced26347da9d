"""What the source folders of a project define, before any of it is converted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    pass

# In `returned`: what is called is a value that nothing shows.
UNKNOWN_FUNCTION = "?"
# In `assigned`: a function is assigned by a name that nothing shows.
ANY_MEMBER = "*"
# The coroutine functions of asyncio.
ASYNCIO_FUNCTIONS = {
    f"asyncio.{name}"
    for name in (
        "create_subprocess_exec", "create_subprocess_shell", "open_connection",
        "open_unix_connection", "sleep", "start_server", "start_unix_server",
        "to_thread", "wait", "wait_for",
    )
}  # fmt: skip
# Those and others whose result is waited for, and of no other use.
WAITED_FOR = ASYNCIO_FUNCTIONS | {"asyncio.gather", "asyncio.shield"}


def _owner(key: str) -> str:
    return key.rpartition(".")[0]


def _last(key: str) -> str:
    return key.rpartition(".")[2]


def _first_word(key: str) -> str:
    return key.partition(" ")[0]


# By which parts of its keys a field is asked for them. The values of a dictionary can
# have no index: of two sources with one key, the last counts, and may go away.
INDEXES: dict[str, dict[str, Callable[[str], str]]] = {
    "attributes": {"last": _last},
    "classes": {"owner": _owner, "last": _last},
    "coroutines": {"owner": _owner, "last": _last},
    "dispatchers": {"last": _last},
    "lost": {"last": _last},
    "members": {"owner": _owner, "last": _last},
    "parameters": {"last": _last},
    "properties": {"last": _last},
    "returned": {"name": _first_word},
    "started": {"last": _last},
}
# The modules in which asyncio defines its public names.
_HOMES = {
    "base_events", "coroutines", "events", "exceptions", "futures", "locks",
    "protocols", "queues", "runners", "sslproto", "streams", "taskgroups", "tasks",
    "threads", "timeouts", "transports", "trsock",
}  # fmt: skip


@dataclass
class Definitions:
    """What the source folders of a project define, by qualified name.

    `modules` maps each source module to its twin; `names` holds the names
    defined at the top of any of them; `coroutines` the functions and methods
    whose call must be awaited, `properties` those whose value must be; `started` the
    plain ones that return a task or a future, `starting` those that return such a
    function (1), or a function that returns one (2); `handing` are those that hand on
    what another one returns: by a call `x`, or by its decorators, `@x` and `@x()`;
    `decorated` are the coroutine functions that a decorator may have made another of,
    and `managers` the functions that one of contextlib made context managers of;
    `waiting` are the names of all coroutine functions, wherever they are defined,
    `uneven` those of members that some class defines as anything else, and `assigned`
    those of what is assigned as a member; `replaced` are names of properties that some
    class defines as plain ones;
    `returned` are pairs of names: a plain function, and one whose result it returns;
    `classes` the bases of each class and `members` the methods, some of them
    `asynchronous`; `borrowed` what the modules import from other libraries.
    `async_only` are the modules and definitions that have no twin, `sync_only`
    the modules that only the twin imports; `lost` are the members of classes that are
    for the async side; `parameters` are those that functions
    lost, with their positions in the signature, and `receivers` says what is the
    first of these: `self`, `cls` or nothing. `tasks` is what needs tasks that take
    turns; `task_functions` are those that tasks start with, and how often they do.
    `cleaning` are the modules of asynchronous generators that do something when they
    are closed, and `leaving` those in which one may be left before it has ended.
    `attributes` are what classes and their methods assign, `aliases` those that
    are members of other names, `indexed` the methods that find an item by its number,
    `checkable` the protocols that `isinstance()` may be asked for; `generators` are the
    asynchronous ones, `imported` are modules of other libraries; `reexported` says
    where a name comes from that a module of the project imports, and `outside` what the
    classes have that are no sources. `offered` are the names by which packages written
    by hand import from twins.
    `held` are the locks and objects that each object of a class holds;
    `protocols_held` are constants that hold protocols for tests, and `dispatchers` the
    functions of `functools.singledispatch`. `patched` are the paths of what may be of
    asyncio and tests replace.
    `fixtures` are those of pytest, by their names. `keyed` are the last names of
    collections whose keys are names of classes. `exported` is what a star import takes
    from each module, with `*module` for what that takes itself. `keywords` are the
    parameters of functions that the twin calls otherwise, as `old=new`, by the rows of
    `variables`. `side` tells the sides apart, and `sides_used` is what of it was used.
    """

    modules: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    coroutines: set[str] = field(default_factory=set)
    properties: set[str] = field(default_factory=set)
    started: set[str] = field(default_factory=set)
    starting: dict[str, int] = field(default_factory=dict)
    handing: dict[str, str] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    uneven: set[str] = field(default_factory=set)
    assigned: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    decorated: set[str] = field(default_factory=set)
    managers: dict[str, str] = field(default_factory=dict)
    returned: set[str] = field(default_factory=set)
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    asynchronous: set[str] = field(default_factory=set)
    borrowed: dict[str, str] = field(default_factory=dict)
    async_only: set[str] = field(default_factory=set)
    sync_only: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)
    checkable: set[str] = field(default_factory=set)
    indexed: set[str] = field(default_factory=set)
    generators: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    reexported: dict[str, str] = field(default_factory=dict)
    outside: dict[str, str] = field(default_factory=dict)
    offered: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, dict[str, int | None]] = field(default_factory=dict)
    receivers: dict[str, str] = field(default_factory=dict)
    tasks: set[str] = field(default_factory=set)
    task_functions: set[str] = field(default_factory=set)
    cleaning: set[str] = field(default_factory=set)
    leaving: set[str] = field(default_factory=set)
    keyed: set[str] = field(default_factory=set)
    fixtures: set[str] = field(default_factory=set)
    held: dict[str, str] = field(default_factory=dict)
    protocols_held: dict[str, str] = field(default_factory=dict)
    dispatchers: set[str] = field(default_factory=set)
    patched: set[str] = field(default_factory=set)
    exported: dict[str, str] = field(default_factory=dict)
    keywords: dict[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    side: dict[str, bool | str] = field(default_factory=dict)
    sides_used: set[str] = field(default_factory=set)
    _indexes: dict[tuple[str, str], tuple[Any, int, dict[str, set[str]]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def follow(self) -> None:
        """Learn which functions return a task because one of another module does."""
        before = -1
        while before < len(self.started):
            before = len(self.started)
            for function, others in self.handing.items():
                if any(map(self._gives_task, others.split())):
                    self.started.add(function)

    def _gives_task(self, other: str) -> bool:
        if not other.startswith("@"):
            return other in self.started
        maker = other[1:].removesuffix("()")
        return self.starting.get(maker) == (2 if other.endswith("()") else 1)

    def update(self, other: Definitions) -> None:
        """Add what other sources define."""
        for name in COLLECTIONS:
            getattr(self, name).update(getattr(other, name))
        self._indexes.clear()

    @contextmanager
    def also(self, other: Definitions) -> Iterator[None]:
        """Add what another source defines, for a while."""
        before = {name: getattr(self, name) for name in COLLECTIONS}
        for name, value in before.items():
            setattr(self, name, value | getattr(other, name))
        try:
            yield
        finally:
            for name, value in before.items():
                setattr(self, name, value)

    def as_json(self) -> dict[str, Any]:
        """Return this as what JSON can hold, always in the same order."""
        found = {name: getattr(self, name) for name in (*COLLECTIONS, *_PLAIN)}
        found["classes"] = {name: [*bases] for name, bases in self.classes.items()}
        return {
            name: (
                sorted(value)
                if isinstance(value, set)
                else dict(sorted(value.items())) if isinstance(value, dict) else value
            )
            for name, value in found.items()
            if value
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Definitions:
        """Return what :meth:`as_json` was made of."""
        made = cls()
        for name, value in found.items():
            if name == "classes":
                value = {owner: tuple(bases) for owner, bases in value.items()}
            is_set = isinstance(getattr(made, name), set)
            setattr(made, name, set(value) if is_set else value)
        return made

    def needs_turns(self) -> Iterator[str]:
        """Yield what needs tasks that take turns, always in the same order."""
        yield from sorted(self.tasks)
        if self.cleaning:
            for module in sorted(self.leaving):
                yield f"an asynchronous generator that is left early in {module}"
        for member in sorted(self.members - self.asynchronous):
            owner, _, name = member.rpartition(".")
            above = list(self.bases(owner))[1:]
            if any(f"{each}.{name}" in self.coroutines for each in above):
                yield f"{member}(), which overrides a coroutine function"
        names = {each.rpartition(".")[2] for each in self.properties}
        for name in sorted(names & self.replaced):
            yield f"the property {name}, which is not asynchronous everywhere"

    def may_wait(self, name: str) -> bool:
        """Return whether a function of this name may make a coroutine.

        That is a coroutine function, and a plain one that returns what another makes.
        """
        waiting, seen = [name], {name}
        while waiting:
            each = waiting.pop()
            if each == UNKNOWN_FUNCTION or each in WAITED_FOR or each in self.waiting:
                return True
            if each.startswith(".") and each[1:] in self.assigned:
                return True
            pairs = self.by("returned", "name", each)
            others = {pair.split()[1] for pair in pairs} - seen
            seen |= others
            waiting += others
        return False

    def by(self, name: str, index: str, key: str) -> set[str]:
        """Return the keys of a field that an index has under a key."""
        found = getattr(self, name)
        known = self._indexes.get((name, index))
        # They are only added, or the field is another one for a while.
        if known is None or known[0] is not found or known[1] != len(found):
            under, made = INDEXES[name][index], dict[str, set[str]]()
            for each in found:
                made.setdefault(under(each), set()).add(each)
            known = self._indexes[name, index] = found, len(found), made
        return known[2].get(key, set())

    def original(self, qualified: str) -> str:
        """Return what a name is where it comes from, if that is another library.

        `pkg.module.asyncio.Lock` is `asyncio.Lock` when that module imports asyncio,
        and so is `asyncio.locks.Lock`.
        """
        seen: set[str] = set()  # names may be imported in a circle
        while qualified not in seen:
            seen.add(qualified)
            if qualified.startswith("asyncio."):
                _, home, *rest = qualified.split(".")
                if rest and home in _HOMES:
                    return ".".join(["asyncio", *rest])
            owner = self.module_of(qualified)
            if owner is None:
                return qualified
            first, dot, last = qualified[len(owner) + 1 :].partition(".")
            borrowed = self.borrowed.get(f"{owner}.{first}")
            if borrowed is None:
                return qualified
            qualified = f"{borrowed}{dot}{last}"
        return qualified

    def star(self, module: str) -> set[str] | None:
        """Return the names that a star import takes from a source, if that shows."""
        found: set[str] = set()
        waiting, seen = [module], {module}
        while waiting:
            exported = self.exported.get(waiting.pop())
            if exported is None:
                return None
            for each in exported.split():
                if not each.startswith("*"):
                    found.add(each)
                elif each[1:] not in seen:
                    seen.add(each[1:])
                    waiting.append(each[1:])
        return found

    def module_of(self, qualified: str) -> str | None:
        """Return the source module that a qualified name belongs to."""
        module = qualified
        while module:
            if module in self.modules:
                return module
            module = module.rpartition(".")[0]
        return None

    def async_only_twins(self, local: Callable[[str, str], str]) -> set[str]:
        """Return what the modules and definitions without a twin would be called.

        `local` says how the twin of a module calls a name that it defines. The names
        that others have there, as `AsyncClient` has that of `Client`, are left out.
        """
        found: set[str] = set()
        homes: set[str] = set()
        for name in self.async_only:
            if (home := self.module_of(name)) is not None:
                found.add(f"{self.modules[home]}{name[len(home):]}")
                homes.add(home)
        for home in homes:
            for name in self.defined_in(home) - self.async_only:
                last = name[len(home) + 1 :]
                found.discard(f"{self.modules[home]}.{local(last, home)}")
        return found

    def defined_in(self, home: str) -> set[str]:
        """Return the classes and coroutine functions that a module or a class has."""
        return self.by("classes", "owner", home) | self.by("coroutines", "owner", home)

    def called(self, name: str) -> set[str]:
        """Return the classes and coroutine functions with this last name."""
        return self.by("classes", "last", name) | self.by("coroutines", "last", name)

    def is_coroutine_method(self, owner: str, name: str) -> bool:
        """Return whether a class, or a known base, defines a coroutine method."""
        methods = (f"{each}.{name}" for each in self.bases(owner))
        return any(e in self.coroutines and e not in self.started for e in methods)

    def is_coroutine_property(
        self, owner: str, name: str, *, above: bool = False
    ) -> bool:
        """Return whether a class, or a base that we know, has a property to await.

        With `above`, the class itself is not asked.
        """
        classes = list(self.bases(owner))[int(above) :]
        return any(f"{each}.{name}" in self.properties for each in classes)

    def is_started_by_method(self, owner: str | None, name: str) -> bool:
        """Return whether a method returns a task or a future.

        Without a class, whether one of any class that we know does.
        """
        if owner is None:
            started = self.by("started", "last", name)
            return any(each.rpartition(".")[0] in self.classes for each in started)
        for each in self.bases(owner):
            if f"{each}.{name}" in self.members:
                return f"{each}.{name}" in self.started
        return False

    def methods_of(self, owner: str) -> list[str]:
        """Return the names of the methods that a class defines itself."""
        members = self.by("members", "owner", owner)
        return sorted(each.rpartition(".")[2] for each in members)

    def losing(self, name: str) -> set[str]:
        """Return the classes that have a member on the async side alone."""
        return _owners(self.by("lost", "last", name))

    def defining(self, name: str) -> set[str]:
        """Return the classes that have a member of this name."""
        members = self.by("members", "last", name)
        return _owners(members | self.by("attributes", "last", name))

    def has_member(self, owner: str, name: str) -> bool:
        """Return whether a class, or a base that we know, defines a method."""
        return any(f"{each}.{name}" in self.members for each in self.bases(owner))

    def parameters_lost(self, qualified: str) -> dict[str, int | None]:
        """Return what a function or the constructor of a class lost."""
        if qualified in self.classes:
            return self.parameters_lost_by_method(qualified, "__init__") or {}
        return self._as_called(qualified, {"cls"})

    def parameters_lost_by_method(
        self, owner: str, name: str, *, above: bool = False
    ) -> dict[str, int | None] | None:
        """Return what a method of an object lost, as its calls count positions.

        `None` for a method that none of the classes that we know defines; with
        `above`, the class itself is not asked.
        """
        for each in list(self.bases(owner))[int(above) :]:
            if f"{each}.{name}" in self.members:
                return self.parameters_lost_on_object(f"{each}.{name}")
        return None

    def parameters_lost_on_object(self, method: str) -> dict[str, int | None]:
        """Return what a function lost if it is called as a method of an object."""
        return self._as_called(method, {"self", "cls"})

    def _as_called(self, function: str, given: set[str]) -> dict[str, int | None]:
        """Return what a function lost, where calls do not give these receivers."""
        shift = int(self.receivers.get(function, "") in given)
        return {
            parameter: None if position is None else position - shift
            for parameter, position in self.parameters.get(function, {}).items()
        }

    def behind(self, qualified: str) -> str:
        """Return where a name is defined that modules of the project import."""
        seen: set[str] = set()
        while qualified not in seen and qualified not in self.classes:
            seen.add(qualified)
            qualified = self.original(qualified)
            qualified = self.reexported.get(qualified, qualified)
        return qualified

    def bases(self, owner: str) -> Iterator[str]:
        """Yield a class and all its bases that we know."""
        seen: set[str] = set()
        queue = [self.behind(owner)]
        while queue:
            current = queue.pop(0)
            if current not in seen:
                seen.add(current)
                yield current
                queue.extend(map(self.behind, self.classes.get(current, ())))


def _owners(members: Iterable[str]) -> set[str]:
    return {each.rpartition(".")[0] for each in members}


_PLAIN = ("side", "variables")
_HIDDEN = ("_indexes",)
COLLECTIONS = tuple(
    each.name for each in fields(Definitions) if each.name not in (*_PLAIN, *_HIDDEN)
)
