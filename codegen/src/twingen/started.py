"""The function and arguments of a coroutine call that is started in a thread."""

from __future__ import annotations

import libcst as cst

from .names import Names
from .rule import Refused, Site


def function_and_arguments(
    site: Site[cst.Call], old: cst.Arg, new: cst.Arg
) -> list[cst.Arg]:
    """Return `f, x` for the argument `f(x)`, ready to be called by a thread.

    Raises :class:`Refused` for anything but a plain call.
    """
    call = old.value
    verdict = site.verdict(call.func) if isinstance(call, cst.Call) else None
    plain = verdict is None or not (verdict.rule or verdict.unwrap)
    if not (isinstance(call, cst.Call) and isinstance(new.value, cst.Call) and plain):
        raise Refused(
            "what is started here is not a call of a function of your own",
            "pass the call of a coroutine function",
            node=call,
        )
    return [cst.Arg(new.value.func), *new.value.args]


def is_gathered_element(names: Names, call: cst.CSTNode) -> bool:
    """Tell whether a call is what `gather(*[call for ...])` makes for each element."""
    comprehension = names.parent(call)
    if not isinstance(comprehension, (cst.ListComp, cst.SetComp, cst.GeneratorExp)):
        return False
    argument = names.parent(comprehension)
    taker = names.parent(argument) if isinstance(argument, cst.Arg) else None
    return (
        comprehension.elt is call
        and isinstance(argument, cst.Arg)
        and argument.star == "*"
        and isinstance(taker, cst.Call)
        and names.qualified(taker.func) == "asyncio.gather"
    )
