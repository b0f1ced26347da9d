"""`isinstance(x, AsyncIterable)` must not choose between two branches.

In the twin the test is for `Iterable`. A `list`, `str` or `bytes` is iterable as well,
so it would take the other branch than in the async form. These uses are allowed:

- a check: `assert`, `if not isinstance(...): raise`, or an `else` that raises;
- branches that do the same after the awaits are removed;
- `isinstance(x, (Iterable, AsyncIterable))`.

The same holds for

- the other asynchronous protocols, and `case AsyncIterable():`;
- a protocol of the sources with a method that is renamed;
- `Iterable` and other sync protocols, if the object may be an asynchronous object of
  the sources; annotate the object if it is not;
- `try: iter(x)` with `except TypeError`;
- functions of `singledispatch` for these protocols.

With `tasks = "turns"` the runtime answers for the asynchronous protocols
(`protocol_test`) if the test itself names them. A test that uses a constant
(`KINDS = (list, AsyncIterable)`) is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import libcst as cst
from libcst.helpers import get_full_name_for_node

from ..analysis.symbols.async_protocols import ASYNC_PROTOCOLS
from ..analysis.types.coroutine_tests import (
    do_the_same,
    following,
    leaves,
    statements_of,
)
from ..analysis.types.instance_tests import (
    GENERATOR_TESTS,
    may_become,
    twin_of_protocol,
)
from ..analysis.types.merged_members import Members
from ..analysis.types.protocol_tests import class_asked, classes_in, classes_kept
from ..analysis.types.single_dispatch import is_dispatcher
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite

_COUNTERPARTS = {each.replace("Async", "") for each in ASYNC_PROTOCOLS}
_TESTS = ("builtins.isinstance", "builtins.issubclass")


@rewrite("TW114", cst.If, cst.Call, cst.MatchClass, cst.FunctionDef)
def refuse_choice(site: Site[Any]) -> None:
    old, new = site.old, site.new
    if isinstance(old, cst.FunctionDef):
        _check_dispatched(site, old)
    elif isinstance(old, cst.MatchClass):
        match = site.names.enclosing(old, cst.Match)
        qualified = site.names.qualified(old.cls)
        if (
            match is not None
            and qualified is not None
            and _tells_apart(site, match.subject, old.cls, qualified)
        ):
            raise _refused(site, old.cls)
    elif isinstance(old, cst.Call):
        _check_registered(site, old)
        _check_tried(site, old)
        asked = _asked(site, old)
        if asked is not None and not _is_checked(site, old):
            raise _refused(site, asked)
    elif isinstance(new, cst.If):
        test, negated = _without_not(old.test)
        asked = _asked(site, test) if isinstance(test, cst.Call) else None
        if asked is not None and not _is_one_way(site, old, new, negated):
            raise _refused(site, asked)


def _refused(site: Site[Any], asked: cst.BaseExpression) -> Refused:
    name = get_full_name_for_node(asked)
    qualified = site.names.qualified(asked) or ""
    held = [kept for _, kept in classes_kept(site.names, asked) if kept != qualified]
    marked = "mark the branches `# twingen: async-only` and `# twingen: sync-only`"
    if twin_of_protocol(qualified) or qualified in GENERATOR_TESTS:
        return Refused(
            f"{name} distinguishes values here; asynchronous values of the sources are "
            "not of that kind, but their twins are",
            (
                "test it in another way"
                if qualified == "inspect.isgeneratorfunction"
                else "annotate the value if it is not asynchronous"
            )
            + f", or {marked}",
            node=asked,
        )
    if held:
        return Refused(
            f"the name {name} holds {held[0].rpartition('.')[2]}, which "
            "distinguishes values here, and may have another result in the twin",
            f"write the classes in the test itself, or {marked}",
            node=asked,
        )
    return Refused(
        f"{name} distinguishes values here; its counterpart in the twin also has "
        "values that are not asynchronous",
        f"test what else the value can be, or {marked}",
        node=asked,
    )


def _check_registered(site: Site[Any], call: cst.Call) -> None:
    """Refuse `function.register(AsyncIterable)` of `functools.singledispatch`."""
    function = call.func
    if not isinstance(function, cst.Attribute) or function.attr.value != "register":
        return
    if not (call.args and is_dispatcher(site.names, function.value)):
        return
    for first in classes_in(call.args[0].value):
        qualified = site.names.qualified(first) or ""
        if qualified in ASYNC_PROTOCOLS or _any_becomes(site, qualified):
            raise _refused(site, first)


def _any_becomes(site: Site[Any], qualified: str) -> bool:
    """Return whether an object of the sources has a sync protocol in the twin alone."""
    twin = twin_of_protocol(qualified)
    return twin is not None and may_become(site.names, site.libraries, None, twin)


def _check_dispatched(site: Site[Any], function: cst.FunctionDef) -> None:
    """Refuse `@function.register` above a function of an asynchronous protocol."""
    registers = any(
        isinstance(each.decorator, cst.Attribute)
        and each.decorator.attr.value == "register"
        and is_dispatcher(site.names, each.decorator.value)
        for each in function.decorators
    )
    given = [p for p in function.params.params if p.name.value not in ("self", "cls")]
    if not registers or not given or given[0].annotation is None:
        return
    kinds = site.names.annotated(given[0].annotation.annotation)
    if kinds & ASYNC_PROTOCOLS:
        raise Refused(
            "this function is chosen for an asynchronous protocol, whose counterpart "
            "in the twin also has values that are not asynchronous",
            "choose by other classes, or mark it `# twingen: async-only`",
            node=given[0].name,
        )
    if any(_any_becomes(site, each) for each in kinds):
        raise Refused(
            "this function is chosen for a protocol that asynchronous objects of the "
            "sources do not have, but their twins have",
            "choose by other classes, or mark it `# twingen: async-only`",
            node=given[0].name,
        )


def _check_tried(site: Site[Any], call: cst.Call) -> None:
    """Refuse `iter(x)` where TypeError is the answer that x is no iterable."""
    if len(call.args) != 1 or site.names.qualified(call.func) != "builtins.iter":
        return
    statement = site.names.enclosing(call, cst.Try, cst.FunctionDef, cst.Lambda)
    if not isinstance(statement, cst.Try) or not any(
        _catches_type_error(site, each) for each in statement.handlers
    ):
        return
    is_tried = any(each is statement.body for each in site.names.ancestors(call))
    if is_tried and may_become(
        site.names, site.libraries, call.args[0].value, "__iter__"
    ):
        raise Refused(
            "the TypeError of iter() distinguishes values here; asynchronous values of "
            "the sources cannot be iterated over, but their twins can",
            "annotate the value if it is not asynchronous, or mark the branches `# "
            "twingen: async-only` and `# twingen: sync-only`",
        )


def _catches_type_error(site: Site[Any], handler: cst.ExceptHandler) -> bool:
    return handler.type is None or any(
        site.names.qualified(each)
        in ("builtins.TypeError", "builtins.Exception", "builtins.BaseException")
        for each in classes_in(handler.type)
    )


def _tells_apart(
    site: Site[Any],
    value: cst.BaseExpression,
    asked: cst.BaseExpression,
    qualified: str,
) -> bool:
    """Return whether the twin's answer to what a value is may be another.

    `qualified` is the class that is asked for, by itself or by what holds it.
    """
    names = site.names
    is_held = names.qualified(asked) != qualified
    if qualified in ASYNC_PROTOCOLS:
        return site.tasks == "threads" or is_held
    if site.tasks == "turns" and not is_held and class_asked(names, asked) is not None:
        return False  # see `protocol_test`
    twin = twin_of_protocol(qualified)
    if qualified == "types.GeneratorType" and site.tasks == "turns":
        return False  # those of the runtime are none
    if twin is not None:
        return may_become(names, site.libraries, value, twin)
    owner = names.definitions.behind(qualified)
    if not names.definitions.checkable.intersection(names.definitions.bases(owner)):
        return False
    return any(Members(names.definitions, site.libraries, owner).renamed())


def _asked(site: Site[Any], call: cst.Call) -> cst.BaseExpression | None:
    """Return the protocol that `isinstance()` asks for, without its counterpart."""
    if len(call.args) == 1 and site.names.qualified(call.func) in GENERATOR_TESTS:
        function, value = call.func, call.args[0].value
        generates = bool(site.names.definitions.generators)
        if site.names.qualified(function) == "inspect.isgenerator":
            generates &= may_become(site.names, site.libraries, value, "__iter__")
        return function if generates and site.tasks == "threads" else None
    if len(call.args) != 2 or not _is_test(site, call.func):
        return None
    kept = [
        each
        for asked in classes_in(call.args[1].value)
        for each in classes_kept(site.names, asked)
    ]
    others = {qualified.rpartition(".")[2] for _, qualified in kept}
    for each, qualified in kept:
        last = qualified.rpartition(".")[2]
        # `(Iterable, AsyncIterable)` asks for both.
        others_alike = {o for o in others - {last} if _plain(o) == _plain(last)}
        if not others_alike and _tells_apart(site, call.args[0].value, each, qualified):
            return each
    return None


def _is_test(site: Site[Any], function: cst.BaseExpression) -> bool:
    """Recognize `isinstance`, also by another name that it is assigned to."""
    if site.names.qualified(function) in _TESTS:
        return True
    values = site.names.values(function) if isinstance(function, cst.Name) else ()
    return any(site.names.qualified(each) in _TESTS for each in values)


def _plain(name: str) -> str:
    return name.replace("Async", "")


def _without_not(test: cst.BaseExpression) -> tuple[cst.BaseExpression, bool]:
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        return test.expression, True
    return test, False


def _is_checked(site: Site[Any], call: cst.Call) -> bool:
    """Return whether a test stands in an `assert`, or alone in an `if`."""
    inner: cst.CSTNode = call
    parent = site.names.parent(inner)
    while isinstance(parent, cst.BooleanOperation) and isinstance(
        parent.operator, cst.And
    ):
        inner, parent = parent, site.names.parent(parent)
    if isinstance(parent, cst.Assert):
        return parent.test is inner
    alone: cst.CSTNode | None = call
    if isinstance(site.names.parent(call), cst.UnaryOperation):
        alone = site.names.parent(call)
    parent = site.names.parent(alone) if alone is not None else None
    return isinstance(parent, cst.If) and _without_not(parent.test)[0] is call


def _is_one_way(
    site: Site[Any],
    old: cst.If,
    new: cst.If,
    negated: bool,
) -> bool:
    """Return whether the branches do the same, or the other one only raises."""
    branch = statements_of(new.body)
    other: Sequence[cst.BaseStatement] = []
    if isinstance(new.orelse, cst.Else):
        other = statements_of(new.orelse.body)
    elif new.orelse is None and leaves(old):
        other = following(site.names, old)
    if do_the_same(branch, other):
        return True
    refuses = branch if negated else other
    return bool(refuses) and _raises(refuses[0]) and not _asked_above(site, old)


def _asked_above(site: Site[Any], statement: cst.If) -> bool:
    """Return whether a test before this `elif` has what it is for in the twin."""
    above = site.names.parent(statement)
    while isinstance(above, cst.If):
        test, _ = _without_not(above.test)
        if isinstance(test, cst.Call) and len(test.args) == 2:
            for each in classes_in(test.args[1].value):
                if (site.names.qualified(each) or "") in _COUNTERPARTS:
                    return True
        above = site.names.parent(above)
    return False


def _raises(statement: cst.BaseStatement) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and isinstance(
        statement.body[-1], cst.Raise
    )
