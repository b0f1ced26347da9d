"""Reads what one module defines into the definitions of its project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import libcst as cst

from ..syntax.nodes import find, targets_of
from .calls.awaitables import (
    MANAGERS,
    is_undecorated_coroutine,
    returned_names,
    says_awaitable,
)
from .calls.function_kinds import is_coroutine
from .calls.patched_functions import paths_patched
from .calls.task_calls import (
    is_decorated_to_start,
    returned,
    returns_started,
    starting_level,
    starts_anything,
)
from .symbols.definitions import ANY_MEMBER, UNKNOWN_FUNCTION, Definitions
from .symbols.fixtures import fixtures_in
from .symbols.local_names import parameters_of
from .symbols.names_in_strings import keyed_by_name
from .tasks.held_locks import held_by_classes
from .tasks.task_functions import starts
from .tasks.task_uses import has_cleaning_generator, leaves_generator, task_uses
from .types.protocol_tests import protocols_held
from .types.single_dispatch import dispatchers_in

if TYPE_CHECKING:
    from .sides.side_trees import Side
    from .types.typed_names import TypedNames


def define(found: Definitions, names: TypedNames) -> None:
    """Add what one module defines."""
    found.modules[names.module] = names.twin
    _add_side(found, names)
    for statement in _statements(names.tree.body):
        found.names.update(_defined(statement))
        if isinstance(statement, cst.SimpleStatementLine):
            _add_imports(found, statement, names)
        if isinstance(statement, cst.FunctionDef) and is_coroutine(statement, names):
            found.coroutines.add(f"{names.module}.{statement.name.value}")
        if isinstance(statement, cst.ClassDef):
            _add_class(found, statement, names)
    for statement in _statements(names.tree.body):
        for name in () if _assigns_none(statement) else _defined(statement):
            # What the module binds itself as well is its own.
            found.borrowed.pop(f"{names.module}.{name}", None)
    found.imported.update(_modules_imported(names))
    _add_started(found, names)
    _add_handing(found, names)
    _add_waiting(found, names)
    found.tasks.update(task_uses(names))
    if has_cleaning_generator(names):
        found.cleaning.add(names.module)
    if leaves_generator(names):
        found.leaving.add(names.module)
    found.task_functions.update(
        f"{each.qualified} {each.how}" for each in starts(names) if each.qualified
    )
    found.keyed.update(keyed_by_name(names))
    found.fixtures.update(fixtures_in(names))
    found.held.update(held_by_classes(names))
    found.protocols_held.update(protocols_held(names))
    found.dispatchers.update(dispatchers_in(names))
    found.patched.update(paths_patched(names))
    found.keywords.update(_renamed_parameters(names))
    exported = _exported(names)
    if exported is not None:
        found.exported[names.module] = " ".join(sorted(exported))


def _add_started(found: Definitions, names: TypedNames) -> None:
    """Remember which functions and methods return what runs already."""
    if not (starts_anything(names) or found.started or found.starting):
        return
    before = -1
    while before < len(found.started) + len(found.starting):
        before = len(found.started) + len(found.starting)
        for function in names.nodes.of(cst.FunctionDef):
            qualified = names.qualified(function)
            if qualified is None:
                continue
            if returns_started(names, function) or is_decorated_to_start(
                names, function
            ):  # one may return what another one does
                found.started.add(qualified)
            elif level := starting_level(names, function):
                found.starting[qualified] = level


def _add_handing(found: Definitions, names: TypedNames) -> None:
    """Remember what functions hand on that other modules may start."""
    for function in names.nodes.of(cst.FunctionDef):
        qualified = names.qualified(function)
        others = [*_decorators(names, function)]
        if function.asynchronous is None:
            calls = (each for each in returned(function) if isinstance(each, cst.Call))
            others += [name for each in calls if (name := names.qualified(each.func))]
        own = {each for each in others if not _is_foreign(each.lstrip("@"), names)}
        if qualified is not None and own:
            found.handing[qualified] = " ".join(sorted(own))


def _add_waiting(found: Definitions, names: TypedNames) -> None:
    """Remember by which names coroutine functions are called, and what else is."""
    for function in names.nodes.of(cst.FunctionDef):
        name = function.name.value
        even = is_undecorated_coroutine(names, function)
        if _is_async_generator(names, function):
            found.generators.add(names.qualified(function) or name)
        if is_coroutine(function, names):
            found.waiting.add(name)
            qualified = names.qualified(function)
            if qualified is not None and not even:
                found.decorated.add(qualified)
        elif function.asynchronous is None:
            returned = returned_names(names, function)
            found.returned.update(f"{name} {other}" for other in returned)
            if says_awaitable(names, function):
                found.returned.add(f"{name} {UNKNOWN_FUNCTION}")
        for each in function.decorators:
            maker = names.qualified(each.decorator)
            if maker in MANAGERS and (qualified := names.qualified(function)):
                found.managers[qualified] = maker
        holder = names.enclosing(function, cst.ClassDef, cst.FunctionDef)
        if isinstance(holder, cst.ClassDef) and not even:
            found.uneven.add(name)
            if function.asynchronous is None and _is_property(function):
                found.replaced.add(name)
    for definition in names.nodes.of(cst.ClassDef):
        name = definition.name.value
        found.returned.update(f"{name} {base}" for base in _bases(definition))
        if _has_coroutine_constructor(names, definition):
            found.waiting.add(name)
    for target in _targets(names):
        if isinstance(target, cst.Attribute):
            found.assigned.add(target.attr.value)
        elif isinstance(target, cst.Name) and names.is_variable_of_class(target):
            found.assigned.add(target.value)
    found.assigned.update(_set_by_name(names))
    found.decorated.update(_rebound(names))


def _is_async_generator(names: TypedNames, function: cst.FunctionDef) -> bool:
    """Recognize functions that create asynchronous generators for any caller."""
    if function.asynchronous is None or not names.is_generator(function):
        return False
    makers = {names.qualified(each.decorator) for each in function.decorators}
    return function.name.value != "__aiter__" and not makers & MANAGERS


def _bases(definition: cst.ClassDef) -> Iterator[str]:
    """Yield the names of the classes that a class is derived from."""
    for base in definition.bases:
        value = base.value
        if isinstance(value, cst.Subscript):
            value = value.value
        if isinstance(value, cst.Attribute):
            value = value.attr
        if isinstance(value, cst.Name):
            yield value.value


def _has_coroutine_constructor(names: TypedNames, definition: cst.ClassDef) -> bool:
    """Return whether a call of a class may make a coroutine."""
    for keyword in definition.keywords:
        if keyword.keyword is not None and keyword.keyword.value == "metaclass":
            maker = names.qualified(keyword.value) or ""
            return maker.partition(".")[0] == names.module.partition(".")[0]
    return any(
        isinstance(each, cst.FunctionDef)
        and each.name.value == "__new__"
        and each.asynchronous is not None
        for each in definition.body.body
    )


def _rebound(names: TypedNames) -> Iterator[str]:
    """Yield functions whose names `module.f = x` or `globals()["f"] = x` binds."""
    for target in _targets(names):
        if isinstance(target, cst.Attribute):
            yield from names.imported(target)
        elif isinstance(target, cst.Subscript):
            holder = target.value
            called = holder.func if isinstance(holder, cst.Call) else None
            key = target.slice[0].slice
            if called is None or names.qualified(called) != "builtins.globals":
                continue
            if isinstance(key, cst.Index):
                yield from (f"{names.module}.{e}" for e in _strings(key.value))


_CHECKABLE = {f"{home}.runtime_checkable" for home in ("typing", "typing_extensions")}
# Where these functions take the names of attributes.
_NAMING = {
    "builtins.setattr": 1,
    "builtins.type": 2,
    "collections.namedtuple": 1,
    "dataclasses.make_dataclass": 1,
}


def _set_by_name(names: TypedNames) -> Iterator[str]:
    """Yield the names of attributes that a call sets, and those set in `__dict__`."""
    for call in names.nodes.of(cst.Call):
        called = names.qualified(call.func)
        given = [each.value for each in call.args]
        if called == "builtins.setattr" and _may_replace(given):
            yield ANY_MEMBER
        position = _NAMING.get(called or "")
        if position is not None:
            for each in given[position : position + 1]:
                yield from _strings(each)
        elif called == "types.SimpleNamespace" or _is_update(call.func):
            yield from (e.keyword.value for e in call.args if e.keyword is not None)
    for subscript in names.nodes.of(cst.Subscript):
        if _is_dict(subscript.value) and len(subscript.slice) == 1:
            key = subscript.slice[0].slice
            if isinstance(key, cst.Index):
                yield from _strings(key.value)


def _may_replace(given: list[cst.BaseExpression]) -> bool:
    """Return whether `setattr(cls, name, made(x))` may replace a method of a class."""
    if len(given) != 3 or isinstance(given[1], cst.SimpleString):
        return False
    owner, _, value = given
    is_self = isinstance(owner, cst.Name) and owner.value == "self"
    return not is_self and isinstance(value, (cst.Call, cst.Lambda, cst.Name))


def _is_update(function: cst.BaseExpression) -> bool:
    return (
        isinstance(function, cst.Attribute)
        and function.attr.value == "update"
        and _is_dict(function.value)
    )


def _is_dict(value: cst.BaseExpression) -> bool:
    return isinstance(value, cst.Attribute) and value.attr.value == "__dict__"


def _strings(value: cst.BaseExpression) -> Iterator[str]:
    """Yield the words of a string, of those in a list, or of the keys of a dict."""
    if isinstance(value, cst.SimpleString):
        yield from str(value.evaluated_value).replace(",", " ").split()
    elif isinstance(value, (cst.List, cst.Tuple)):
        for element in value.elements:
            yield from _strings(element.value)
    elif isinstance(value, cst.Dict):
        for pair in value.elements:
            if isinstance(pair, cst.DictElement):
                yield from _strings(pair.key)


def _targets(names: TypedNames) -> Iterator[cst.BaseExpression]:
    """Yield everything that a module assigns to, out of its tuples."""
    waiting: list[cst.BaseExpression] = [
        *(each.target for each in names.nodes.of(cst.AssignTarget)),
        *(each.target for each in names.nodes.of(cst.AnnAssign)),
        *(each.target for each in names.nodes.of(cst.For)),
        *(each.name for each in names.nodes.of(cst.AsName)),
    ]
    while waiting:
        target = waiting.pop()
        if isinstance(target, (cst.Tuple, cst.List)):
            waiting += [each.value for each in target.elements]
        else:
            yield target


def _decorators(names: TypedNames, function: cst.FunctionDef) -> Iterator[str]:
    for each in function.decorators:
        called = each.decorator
        maker = called.func if isinstance(called, cst.Call) else called
        qualified = names.qualified(maker)
        if qualified is not None:
            yield f"@{qualified}" + ("()" if maker is not called else "")


def _add_side(found: Definitions, names: TypedNames) -> None:
    """Remember what only one side of a module has."""
    side = names.side
    if names.tree in side.sync_only:
        found.sync_only.add(names.module)
    if side.tree is not side.source:
        gone = _bound(side.source.body) - _bound(side.tree.body)
        found.async_only.update(f"{names.module}.{name}" for name in gone)
        found.lost.update(f"{names.module}.{name}" for name in _members_gone(side))
    for function, lost in side.parameters.items():
        assert isinstance(function, cst.FunctionDef)
        qualified = names.qualified(function) or (
            f"{names.module}.<locals>.{function.name.value}"
        )
        found.parameters[qualified] = {**found.parameters.get(qualified, {}), **lost}
        found.receivers[qualified] = _receiver(function, names)


def _members_gone(side: Side) -> Iterator[str]:
    """Yield the members that classes have on the async side alone."""
    before, after = (_members_in(tree.body) for tree in (side.source, side.tree))
    for owner, members in before.items():
        yield from (f"{owner}.{name}" for name in members - after.get(owner, members))


def _members_in(body: Iterable[cst.CSTNode], above: str = "") -> dict[str, set[str]]:
    """Return what the bodies of classes bind, by the dotted names of the classes."""
    found: dict[str, set[str]] = {}
    for statement in _statements(body):
        if isinstance(statement, cst.ClassDef):
            name = f"{above}{statement.name.value}"
            found.setdefault(name, set()).update(
                _bound(statement.body.body), _attributes_set(statement)
            )
            found.update(_members_in(statement.body.body, f"{name}."))
    return found


def _modules_imported(names: TypedNames) -> Iterator[str]:
    """Yield the modules that import statements name, and the packages they are in."""
    modules = [
        alias.evaluated_name
        for statement in names.nodes.of(cst.Import)
        for alias in statement.names
    ]
    statements = names.nodes.of(cst.ImportFrom)
    modules += filter(None, map(names.imported_module, statements))
    for module in modules:
        if _is_foreign(module, names):
            parts = module.split(".")
            yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def _attributes_set(owner: cst.ClassDef) -> Iterator[str]:
    """Yield the attributes of `self` that the methods of a class assign."""
    targets = [
        *(each.target for each in find(owner, cst.AssignTarget)),
        *(each.target for each in find(owner, cst.AnnAssign)),
    ]
    for target in targets:
        if (
            isinstance(target, cst.Attribute)
            and isinstance(target.value, cst.Name)
            and target.value.value == "self"
        ):
            yield target.attr.value


def _add_imports(
    found: Definitions, line: cst.SimpleStatementLine, names: TypedNames
) -> None:
    """Remember what a module imports from elsewhere, for who imports it from here.

    Modules of the project itself keep their own names.
    """
    for statement in line.body:
        if isinstance(statement, cst.ImportFrom):
            module = names.imported_module(statement)
            aliases = statement.names
            if module is None or isinstance(aliases, cst.ImportStar):
                continue
            imported = [
                (alias, f"{module}.{alias.evaluated_name}") for alias in aliases
            ]
        elif isinstance(statement, cst.Import):
            imported = [(alias, alias.evaluated_name) for alias in statement.names]
        else:
            continue
        for alias, qualified in imported:
            local = alias.evaluated_alias or alias.evaluated_name
            if "." not in local and _is_foreign(qualified, names):
                found.borrowed[f"{names.module}.{local}"] = qualified
            elif "." not in local and qualified != f"{names.module}.{local}":
                found.reexported[f"{names.module}.{local}"] = qualified


def _add_class(found: Definitions, statement: cst.ClassDef, names: TypedNames) -> None:
    qualified = names.qualified(statement)
    if qualified is None:
        return
    bases = [
        base.value.value if isinstance(base.value, cst.Subscript) else base.value
        for base in statement.bases
    ]
    known = [names.qualified(base) for base in bases]
    found.classes[qualified] = tuple(name for name in known if name)
    if any(names.qualified(d.decorator) in _CHECKABLE for d in statement.decorators):
        found.checkable.add(qualified)
    for name, targets in names.attributes.get(statement, {}).items():
        found.attributes.add(f"{qualified}.{name}")
        others = {_member_assigned(names, each) for each in targets}
        if len(others) == 1 and (other := others.pop()) is not None:
            found.aliases[f"{qualified}.{name}"] = other
    for member in _statements(statement.body.body):
        if isinstance(member, cst.ClassDef):
            _add_class(found, member, names)
        if isinstance(member, cst.FunctionDef):
            found.members.add(f"{qualified}.{member.name.value}")
            if member.name.value == "__getitem__" and _is_indexed(member, names):
                found.indexed.add(f"{qualified}.__getitem__")
            if member.asynchronous is not None:
                found.asynchronous.add(f"{qualified}.{member.name.value}")
            if is_coroutine(member, names):
                where = found.properties if _is_property(member) else found.coroutines
                where.add(f"{qualified}.{member.name.value}")


def _member_assigned(names: TypedNames, target: cst.CSTNode) -> str | None:
    """Return the member in `self.close = self.aclose`, which has a second name."""
    holder = names.parent(target)
    assign = names.parent(holder) if isinstance(holder, cst.AssignTarget) else None
    value = assign.value if isinstance(assign, cst.Assign) else None
    if not (isinstance(value, cst.Attribute) and isinstance(value.value, cst.Name)):
        return None
    member: str = value.attr.value
    return member if value.value.value == "self" else None


def _receiver(function: cst.FunctionDef, names: TypedNames) -> str:
    """Return what a method is given by the object or the class that it is called on."""
    owner = names.enclosing(function, cst.ClassDef, cst.FunctionDef)
    decorators = {names.qualified(d.decorator) for d in function.decorators}
    if not isinstance(owner, cst.ClassDef) or "builtins.staticmethod" in decorators:
        return ""
    implicit = function.name.value in ("__new__", "__init_subclass__")
    return "cls" if implicit or "builtins.classmethod" in decorators else "self"


def _is_indexed(method: cst.FunctionDef, names: TypedNames) -> bool:
    """Return whether `__getitem__` may take a number: then it can be iterated over."""
    given = method.params.params[1:2]
    annotation = given[0].annotation if given else None
    if annotation is None:
        return True
    return any(
        each.value in ("int", "slice", "SupportsIndex")
        for each in find(names.unquoted(annotation.annotation), cst.Name)
    )


def _is_property(method: cst.FunctionDef) -> bool:
    decorators = [each.decorator for each in method.decorators]
    return any(
        isinstance(each, cst.Name) and each.value == "property" for each in decorators
    )


def _is_foreign(qualified: str, names: TypedNames) -> bool:
    """Return whether a name comes from outside of this module's own package."""
    return qualified.split(".")[0] != names.module.split(".")[0]


def _defined(statement: cst.CSTNode) -> Iterator[str]:
    if isinstance(statement, (cst.ClassDef, cst.FunctionDef)):
        yield statement.name.value
    elif isinstance(statement, cst.SimpleStatementLine):
        yield from _assigned(statement)


def _assigns_none(statement: cst.CSTNode) -> bool:
    """Recognize `redis = None`, where a library is not installed."""
    return isinstance(statement, cst.SimpleStatementLine) and all(
        isinstance(each, cst.Assign)
        and isinstance(each.value, cst.Name)
        and each.value.value == "None"
        for each in statement.body
    )


def _statements(body: Iterable[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    """Yield statements and those of their blocks, but of classes and functions."""
    for statement in body:
        yield statement
        if isinstance(
            statement, (cst.SimpleStatementLine, cst.ClassDef, cst.FunctionDef)
        ):
            continue
        for branch in ("body", "orelse", "handlers", "finalbody", "cases"):
            inner = getattr(statement, branch, None)
            if isinstance(inner, cst.IndentedBlock):
                yield from _statements(inner.body)
            elif isinstance(inner, (cst.If, cst.Else, cst.Finally)):
                yield from _statements([inner])
            elif isinstance(inner, (list, tuple)):
                yield from _statements(inner)


def _bound(body: Iterable[cst.CSTNode]) -> set[str]:
    """Return the names that statements bind at the top of a module."""
    found: set[str] = set()
    for statement in _statements(body):
        found.update(_defined(statement))
        if isinstance(statement, cst.SimpleStatementLine):
            found.update(_imported(statement))
    return found


def _exported(names: TypedNames) -> set[str] | None:
    """Return what a star import takes from a module, `None` if that does not show."""
    mentions = [e for e in names.nodes.of(cst.Name) if e.value == "__all__"]
    listed: set[str] = set()
    for statement in names.tree.body:
        if not isinstance(statement, cst.SimpleStatementLine):
            continue
        for line in statement.body:
            if isinstance(line, (cst.Assign, cst.AnnAssign, cst.AugAssign)) and any(
                each in mentions for each in targets_of(line)
            ):
                if not isinstance(line.value, (cst.List, cst.Tuple)):
                    return None
                texts = [each.value for each in line.value.elements]
                if not all(isinstance(each, cst.SimpleString) for each in texts):
                    return None
                listed.update(
                    str(each.evaluated_value)
                    for each in texts
                    if isinstance(each, cst.SimpleString)
                )
                mentions = [e for e in mentions if e not in targets_of(line)]
    if mentions:
        return None
    if listed:
        return listed
    bound = {each for each in _bound(names.tree.body) if not each.startswith("_")}
    return bound | {f"*{each}" for each in names.stars}


def _imported(line: cst.SimpleStatementLine) -> Iterator[str]:
    """Yield the names that a statement imports."""
    for statement in line.body:
        if not isinstance(statement, (cst.Import, cst.ImportFrom)):
            continue
        if not isinstance(statement.names, cst.ImportStar):
            for alias in statement.names:
                name = alias.evaluated_alias or alias.evaluated_name
                yield name.split(".")[0]


def _assigned(line: cst.SimpleStatementLine) -> Iterator[str]:
    """Yield the names that a statement assigns at the top of a module."""
    for statement in line.body:
        targets: list[cst.BaseExpression] = []
        if isinstance(statement, cst.Assign):
            targets = [target.target for target in statement.targets]
        elif isinstance(statement, cst.AnnAssign):
            targets = [statement.target]
        for target in targets:
            if isinstance(target, cst.Name):
                yield target.value


def _renamed_parameters(names: TypedNames) -> Iterator[tuple[str, str]]:
    """Yield functions with what becomes of their parameters: `old=new`, with spaces."""
    known = names.local_names
    for function in names.nodes.of(cst.FunctionDef) if known else ():
        renamed = [
            f"{each.name.value}={local.twin}"
            for each in parameters_of(function)
            if (local := known.get(id(each.name))) is not None
        ]
        qualified = names.qualified(function)
        if renamed and qualified is not None:
            yield qualified, " ".join(renamed)
