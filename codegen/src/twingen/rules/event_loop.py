"""`loop = asyncio.get_running_loop()` becomes a selector of its own.

In the twin a loop is what waits for file descriptors: one kept selector with
`add_reader`, `add_writer`, `remove_reader`, `remove_writer` and
`create_future`. It must be kept in a variable or an attribute, so that what is
registered and what is waited for meet in the same selector.
"""

from __future__ import annotations

import libcst as cst

from ..kinds import CALLS_FOR_LOOP
from ..rule import Refused, Site, rewrite


@rewrite("TW306", cst.Call)
def make_selector_loop(site: Site[cst.Call]) -> cst.Call | None:
    if site.names.qualified(site.old.func) not in CALLS_FOR_LOOP:
        return None
    if not isinstance(site.names.parent(site.old), (cst.Assign, cst.AnnAssign)):
        raise Refused(
            "the running loop is used without a name; its readers and waits would "
            "not meet in the twin",
            "keep it: `loop = asyncio.get_running_loop()`",
        )
    function = site.imports.name("twingen.runtime.selector_loop.SelectorLoop")
    return site.new.with_changes(func=function)
