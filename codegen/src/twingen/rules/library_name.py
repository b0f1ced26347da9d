"""A name with a row in the tables gets the name that the row gives.

The row may be for a library (`asyncio.Lock` becomes `threading.Lock`) or for a rename
of the project (`AsyncCursor` becomes `Cursor`). The conversion stops at a row that
refuses its name. It also stops at a name without a row if the table of the library has
a row `"*"` that refuses all other names.

A name that is bound in several ways (`try: import ...`, `except ImportError: ...`) must
become the same name in every case.
"""

from __future__ import annotations

import builtins

import libcst as cst

from ..analysis.symbols.reexports import is_offered_elsewhere, offered_remedy
from ..analysis.types.attribute_tests import asked_of_module
from ..diagnostics.refusal import Refused
from .rule import Site, renamed, rewrite

_ASYNC_BUILTINS = ("StopAsyncIteration", "aiter", "anext")


@rewrite("TW201", cst.Name, cst.Attribute)
def spell_twin(site: Site[cst.Name | cst.Attribute]) -> cst.BaseExpression | None:
    if not site.names.is_reference(site.old):
        return None
    _check_backport(site)
    meanings = site.names.meanings(site.old)
    if len(meanings) > 1:
        if (runtime := _same_in_runtime(site, meanings)) is not None:
            return site.imports.name(runtime)
        if isinstance(site.old, cst.Name) and site.of_runtime(meanings) is not None:
            return None  # each of its imports gives it what the twin has
        return renamed(site.new, site.shared_name(site.old, meanings))
    qualified = next(iter(meanings), None)
    if qualified is None:
        return None
    _check_position(site, qualified)
    if isinstance(site.old, cst.Attribute) and is_offered_elsewhere(
        site.names, site.libraries, qualified
    ):
        raise Refused(
            f"{qualified} is not defined in a source, and may be "
            f"{site.old.attr.value} of the sources; the name of its twin there is not "
            "known",
            offered_remedy(site.libraries, qualified),
        )
    twin = site.twin_name(site.new, qualified)
    if isinstance(site.old, cst.Name) and isinstance(twin, cst.Name):
        _check_collision(site, site.old, twin)
    return twin


def _same_in_runtime(
    site: Site[cst.Name | cst.Attribute], meanings: set[str | None]
) -> str | None:
    """Return what of the runtime all the meanings of a name become."""
    if site.names.is_definition(site.old):
        return None
    found = {site.libraries.verdict(each or "") for each in meanings}
    becomes = {each.becomes if each is not None else "" for each in found}
    twin = becomes.pop() if len(becomes) == 1 else ""
    return twin if twin.startswith("twingen.runtime.") else None


def _check_backport(site: Site[cst.Name | cst.Attribute]) -> None:
    """Refuse `if sys.version_info < (3, 10): async def anext(it): ...`.

    The name of the twin is another one where the builtin is meant.
    """
    name = site.old
    if not isinstance(name, cst.Name) or name.value not in _ASYNC_BUILTINS:
        return
    if site.names.is_bound_under_condition(name):
        raise Refused(
            f"{name.value} is bound under a condition here, and is the builtin "
            "otherwise, which has another name in the twin",
            "bind it under a name of its own, also in the other case",
        )


def _check_collision(
    site: Site[cst.Name | cst.Attribute], old: cst.Name, twin: cst.Name
) -> None:
    """Refuse a definition whose new name the module already uses for another thing."""
    names, taken = site.names, twin.value
    if taken == old.value or not names.is_definition(old):
        return
    if names.is_bound(taken):
        raise Refused(
            f"{old.value} becomes {taken} in the twin, which this module binds already",
            "rename one of the two",
        )
    if names.is_looked_up(taken):
        hidden = "the builtin" if hasattr(builtins, taken) else "the name"
        raise Refused(
            f"{old.value} becomes {taken} in the twin, which hides {hidden} that "
            "this module uses",
            "rename it",
        )


def _is_asked_for(site: Site[cst.Name | cst.Attribute]) -> bool:
    """Return whether `isinstance()` asks for a class."""
    holder = site.names.enclosing(site.old, cst.Call)
    tests = ("builtins.isinstance", "builtins.issubclass")
    return holder is not None and site.names.qualified(holder.func) in tests


def _asks_whether_there(site: Site[cst.Name | cst.Attribute]) -> bool:
    """Recognize `if module is None:`, `if not module:` and the like."""
    parent = site.names.parent(site.old)
    if isinstance(parent, cst.ComparisonTarget):
        parent = site.names.parent(parent)
    if isinstance(parent, cst.Comparison):
        operands = [parent.left, *(each.comparator for each in parent.comparisons)]
        by_identity = all(
            isinstance(each.operator, (cst.Is, cst.IsNot))
            for each in parent.comparisons
        )
        return by_identity and any(
            isinstance(each, cst.Name) and each.value == "None" for each in operands
        )
    if isinstance(parent, cst.UnaryOperation):
        return isinstance(parent.operator, cst.Not)
    return (
        isinstance(parent, (cst.If, cst.IfExp, cst.While, cst.Assert))
        and parent.test is site.old
    )


def _check_position(site: Site[cst.Name | cst.Attribute], qualified: str) -> None:
    """Refuse a name that only means something where it is called or subscripted."""
    if site.names.is_definition(site.old):  # `anyio = None` beside `import anyio`
        return
    verdict = site.libraries.verdict(qualified)
    parent = site.names.parent(site.old)
    asking = site.names.parent(parent) if isinstance(parent, cst.Arg) else None
    if (
        site.tasks == "turns"
        and isinstance(asking, cst.Call)
        and asked_of_module(site.names, site.libraries, asking) is not None
    ):
        return  # see `module_attribute_test`
    if site.libraries.is_closed(qualified) and not (
        (isinstance(parent, cst.Attribute) and parent.value is site.old)
        or (site.libraries.module_twin(qualified) and _asks_whether_there(site))
    ):
        raise Refused(
            f"the module {qualified} is used as a value here, and the twin does not "
            "have it",
            "use its members by name",
        )
    if verdict is None or not (verdict.rule or verdict.unwrap or verdict.call):
        return
    called = isinstance(parent, cst.Call) and parent.func is site.old
    subscripted = isinstance(parent, cst.Subscript) and parent.value is site.old
    if called or (verdict.unwrap and subscripted):
        return
    if verdict.unwrap and _is_asked_for(site):
        raise Refused(
            f"no object of the twin is a {qualified}, so the answer would always be no",
            "write `if inspect.isawaitable(x): x = await x`, or mark the code "
            "`# twingen: async-only`",
        )
    raise Refused(
        f"{qualified} is used as a value here; its twin is known only if it is "
        + ("given its parameter" if verdict.unwrap else "called"),
        (
            "write it with its parameter: X[...] in a type, X(...) in code"
            if verdict.unwrap
            else "call it in place"
        ),
    )
