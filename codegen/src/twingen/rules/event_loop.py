"""`loop = asyncio.get_running_loop()` becomes a loop with its own selector.

In the twin, a loop waits for file descriptors. It has `add_reader`, `add_writer`,
`remove_reader`, `remove_writer` and `create_future`. The loop must be kept in a
variable or an attribute, and the function that gets it must not return it. Otherwise
descriptors would be registered in one selector, and the twin would wait for another.

Methods that need no selector may be called without a variable
(`asyncio.get_running_loop().time()`): those of `loop_method`, `create_task()` and
`run_in_executor()`. A variable that is only used for these is left out.
"""

from __future__ import annotations

from typing import Any

import libcst as cst

from ..analysis.calls.descriptor_readiness import WATCH
from ..analysis.calls.event_loop_functions import FUNCTIONS
from ..analysis.types.type_inference import CALLS_FOR_LOOP
from ..diagnostics.refusal import Refused
from ..syntax.nodes import find
from .rule import Replacement, Site, rewrite

# What has nothing to do with descriptors: `loop_method`, `executor_call`, `task_call`.
_ASKED_AT_ONCE = {"create_task", "run_in_executor", *FUNCTIONS}
# What may settle a future from another thread.
_FROM_THREADS = {"call_at", "call_later", "call_soon_threadsafe"}


@rewrite("TW306", cst.Call, cst.SimpleStatementLine, tasks="threads")
def make_selector_loop(site: Site[cst.Call | cst.SimpleStatementLine]) -> Replacement:
    if isinstance(site.old, cst.SimpleStatementLine):
        unneeded = _is_unneeded(site, site.old)
        return cst.RemovalSentinel.REMOVE if unneeded else None
    if site.names.qualified(site.old.func) not in CALLS_FOR_LOOP:
        return None
    parent = site.names.parent(site.old)
    if isinstance(parent, cst.Attribute) and parent.attr.value in _ASKED_AT_ONCE:
        return None
    if not isinstance(parent, (cst.Assign, cst.AnnAssign)):
        raise Refused(
            "the running loop is used without a name; a wait in the twin would not "
            "notice its readers",
            "keep it in a variable: `loop = asyncio.get_running_loop()`",
        )
    if _is_returned(site, parent):
        raise Refused(
            "the running loop is returned; the twin would make a new one for each "
            "call, and a wait of one would not notice the readers of another",
            "keep it in an attribute, and return that",
        )
    function = site.imports.name("twingen.runtime.selector_loop.SelectorLoop")
    return site.new.with_changes(func=function, args=_arguments(site))


def _is_unneeded(site: Site[Any], line: cst.SimpleStatementLine) -> bool:
    """Recognize `loop = get_running_loop()` in a function that watches nothing with it.

    What has a comment stays: that would be lost.
    """
    assign = line.body[0]
    if len(line.body) > 1 or not isinstance(assign, cst.Assign):
        return False
    target, value = assign.targets[0].target, assign.value
    if len(assign.targets) > 1 or not isinstance(target, cst.Name):
        return False
    if not isinstance(value, cst.Call):
        return False
    if site.names.qualified(value.func) not in CALLS_FOR_LOOP:
        return False
    block = site.names.parent(line)
    function = site.names.enclosing(line, cst.FunctionDef)
    comments = [each.comment for each in line.leading_lines]
    comments.append(line.trailing_whitespace.comment)
    if function is None or any(comments):
        return False
    if not isinstance(block, cst.IndentedBlock) or len(block.body) == 1:
        return False
    uses = [
        site.names.parent(each)
        for each in find(function, cst.Name)
        if each.value == target.value
        and each is not target
        and site.names.is_reference(each)
    ]
    return bool(uses) and all(
        isinstance(each, cst.Attribute) and each.attr.value in _ASKED_AT_ONCE
        for each in uses
    )


def _is_returned(site: Site[Any], kept: cst.Assign | cst.AnnAssign) -> bool:
    """Return whether a function returns the variable that alone keeps its loop."""
    function = site.names.enclosing(kept, cst.FunctionDef)
    targets = (
        [each.target for each in kept.targets]
        if isinstance(kept, cst.Assign)
        else [kept.target]
    )
    names = {each.value for each in targets if isinstance(each, cst.Name)}
    if function is None or len(names) < len(targets):
        return False
    return any(
        isinstance(each.value, cst.Name) and each.value.value in names
        for each in find(function.body, cst.Return)
    )


def _arguments(site: Site[Any]) -> list[cst.Arg]:
    """Return what lets the loop be woken while it watches descriptors too."""
    called = {
        node.attr.value
        for node in find(site.names.tree, cst.Attribute)
        if node.attr.value in (*WATCH, *_FROM_THREADS)
    }
    if called.isdisjoint(WATCH) or called.isdisjoint(_FROM_THREADS):
        return []
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return [cst.Arg(cst.Name("True"), keyword=cst.Name("wakeable"), equal=equal)]
