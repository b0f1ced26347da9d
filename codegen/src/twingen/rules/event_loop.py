"""`loop = asyncio.get_running_loop()` becomes a selector of its own.

In the twin a loop is what waits for file descriptors: one kept selector with
`add_reader`, `add_writer`, `remove_reader`, `remove_writer` and
`create_future`. It must be kept in a variable or an attribute, so that what is
registered and what is waited for meet in the same selector; only its clock, tasks
and executor may be asked for on the spot.
"""

from __future__ import annotations

import libcst as cst

from ..kinds import CALLS_FOR_LOOP
from ..rule import Refused, Site, rewrite

# What has nothing to do with descriptors: `loop_method`, `executor_call`, `task_call`.
_ASKED_AT_ONCE = {"create_task", "run_in_executor", "time"}


@rewrite("TW306", cst.Call)
def make_selector_loop(site: Site[cst.Call]) -> cst.Call | None:
    if site.names.qualified(site.old.func) not in CALLS_FOR_LOOP:
        return None
    parent = site.names.parent(site.old)
    if isinstance(parent, cst.Attribute) and parent.attr.value in _ASKED_AT_ONCE:
        return None
    if not isinstance(parent, (cst.Assign, cst.AnnAssign)):
        raise Refused(
            "the running loop is used without a name; its readers and waits would "
            "not meet in the twin",
            "keep it: `loop = asyncio.get_running_loop()`",
        )
    function = site.imports.name("twingen.runtime.selector_loop.SelectorLoop")
    return site.new.with_changes(func=function)
