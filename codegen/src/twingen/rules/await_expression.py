"""`await CALL` becomes `CALL`.

The awaited expression must be a call, or a choice between calls. `awaited_value`
describes values that were started earlier. If the call has no parentheses of its own,
it keeps those of the await, so that layout and precedence stay the same.

Inside `async with asyncio.timeout()`, the call gets the time that is left. A task that
is started in the awaited expression is waited for. A call of a plain function that
returns a task or a future is refused.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.calls.task_calls import check_not_started, starts_task
from ..analysis.types.type_inference import TASK
from ..diagnostics.refusal import Refused
from ..syntax.parentheses import in_place_of
from .rule import Site, rewrite
from .shared.timeouts import enclosing_deadline, timed_call, timed_value


@rewrite("TW101", cst.Await, tasks="threads")
def drop_await(site: Site[cst.Await]) -> cst.BaseExpression | None:
    old, new = site.old.expression, site.new.expression
    if isinstance(old, cst.IfExp):
        _check_choice(site, old)
        return new
    if not isinstance(old, cst.Call):
        return None
    deadline = enclosing_deadline(site, old)
    if starts_task(site.names, old):
        rest = cst.parse_expression(f"{deadline}.remaining()") if deadline else None
        return timed_value(TASK, new, rest)
    if site.names.qualified(old.func) == "asyncio.shield":
        rest = cst.parse_expression(f"{deadline}.remaining()") if deadline else None
        arguments = [] if rest is None else [cst.Arg(rest)]
        return cst.Call(cst.Attribute(new, cst.Name("wait")), arguments)
    check_not_started(site.names, old)
    if deadline is not None:
        new = timed_call(
            site, old, new, cst.parse_expression(f"{deadline}.remaining()")
        )
    return in_place_of(site.new, new, site.names.parent(site.old))


def _check_choice(site: Site[cst.Await], choice: cst.IfExp) -> None:
    """Refuse a choice between what is not simply called where it is awaited."""
    in_each = "await in each branch: `(await p) if c else (await q)`"
    if enclosing_deadline(site, choice) is not None:
        raise Refused(
            "the deadline cannot be passed to a choice between awaitables", in_each
        )
    for each in (choice.body, choice.orelse):
        if not isinstance(each, cst.Call):
            raise Refused(
                "a choice between awaitables that are not calls may start them early",
                in_each,
            )
        if starts_task(site.names, each):
            raise Refused(
                "a task that is started in a choice is not waited for",
                in_each,
                node=each,
            )
        check_not_started(site.names, each)
