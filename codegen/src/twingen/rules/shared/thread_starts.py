"""Coroutine calls that are started in threads of their own."""

from __future__ import annotations

import libcst as cst

from ...analysis.calls.task_calls import check_not_started
from ...analysis.types.type_inference import RUNNER
from ...analysis.types.typed_names import TypedNames
from ...diagnostics.refusal import Refused
from ..rule import Site

_TAKE_MANY = {"asyncio.as_completed": "", "asyncio.gather": "*"}


def function_and_arguments(
    site: Site[cst.Call], old: cst.Arg, new: cst.Arg
) -> list[cst.Arg]:
    """Return `f, x` for the argument `f(x)`, ready to be called by a thread.

    Raises :class:`Refused` for anything but a plain call.
    """
    call = old.value
    verdict = site.verdict(call.func) if isinstance(call, cst.Call) else None
    plain = verdict is None or not (verdict.rule or verdict.unwrap or verdict.call)
    if not (isinstance(call, cst.Call) and isinstance(new.value, cst.Call) and plain):
        raise Refused(
            "this does not start a call of a function of your own",
            "pass the call of a coroutine function",
            node=call,
        )
    check_not_started(site.names, call)
    return [cst.Arg(new.value.func), *new.value.args]


def runs_in_runner(names: TypedNames, call: cst.Call) -> bool:
    """Return whether this is `run()` of an `asyncio.Runner`."""
    function = call.func
    return (
        isinstance(function, cst.Attribute)
        and function.attr.value == "run"
        and names.kind(function.value) == RUNNER
    )


def is_started_element(names: TypedNames, call: cst.CSTNode) -> bool:
    """Return whether a call is one of those that `gather(*[call for ...])` starts.

    So it is in `as_completed([call for ...])` and `as_completed([call, ...])`.
    """
    collection = names.parent(call)
    if isinstance(collection, cst.Element):
        collection = names.parent(collection)
    elif not (
        isinstance(collection, (cst.ListComp, cst.SetComp, cst.GeneratorExp))
        and collection.elt is call
    ):
        return False
    argument = None if collection is None else names.parent(collection)
    taker = names.parent(argument) if isinstance(argument, cst.Arg) else None
    if not (isinstance(argument, cst.Arg) and isinstance(taker, cst.Call)):
        return False
    star = _TAKE_MANY.get(names.qualified(taker.func) or "")
    listed = isinstance(collection, (cst.List, cst.Set, cst.Tuple))
    return star is not None and argument.star == star and not (star and listed)
