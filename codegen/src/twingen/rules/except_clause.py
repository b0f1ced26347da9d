"""`except StopIteration` and `except StopAsyncIteration` must not differ in one `try`.

Both are `StopIteration` in the twin, so the first clause would catch the exceptions of
the second. The same holds for other classes that become the same class, such as
`queue.Empty` and `asyncio.QueueEmpty`. Clauses that do the same are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import libcst as cst
from libcst.helpers import get_full_name_for_node

from ..analysis.types.coroutine_tests import do_the_same, statements_of
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite

_Handler: TypeAlias = "cst.ExceptHandler | cst.ExceptStarHandler"


@rewrite("TW113", cst.Try, cst.TryStar)
def refuse_hidden_clause(site: Site[cst.Try | cst.TryStar]) -> None:
    caught: dict[str, tuple[str, _Handler]] = {}
    handlers: Iterator[tuple[_Handler, _Handler]]
    handlers = zip(site.old.handlers, site.new.handlers, strict=True)
    for old, new in handlers:
        for each in _classes(old.type):
            qualified = site.names.qualified(each)
            if qualified is None:
                continue
            first, handler = caught.setdefault(
                site.libraries.in_twin(qualified), (qualified, new)
            )
            if first == qualified or handler is new or _are_alike(handler, new):
                continue
            raise Refused(
                f"{get_full_name_for_node(each)} and {_last(first)} are the same "
                "class in the twin, and the clause above would catch both",
                "catch them in one clause, or around different statements",
                node=each,
            )


def _classes(caught: cst.BaseExpression | None) -> Iterator[cst.BaseExpression]:
    if isinstance(caught, cst.Tuple):
        for element in caught.elements:
            yield from _classes(element.value)
    elif caught is not None:
        yield caught


def _last(qualified: str) -> str:
    return qualified.removeprefix("builtins.")


def _are_alike(one: _Handler, other: _Handler) -> bool:
    names = [_bound(each) for each in (one, other)]
    return names[0] == names[1] and do_the_same(
        statements_of(one.body), statements_of(other.body)
    )


def _bound(handler: _Handler) -> str | None:
    return get_full_name_for_node(handler.name.name) if handler.name else None
