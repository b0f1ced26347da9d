"""`@pytest_asyncio.fixture(loop_scope=...)` loses the argument about the event loop.

A row of the tables turns the name into `pytest.fixture`, which has no such argument.
The other arguments stay.
"""

from __future__ import annotations

import libcst as cst

from .rule import Site, rewrite


@rewrite("TW214", cst.Call)
def forget_loop(site: Site[cst.Call]) -> cst.Call | None:
    if site.names.qualified(site.old.func) != "pytest_asyncio.fixture":
        return None
    kept = [
        argument
        for argument in site.new.args
        if argument.keyword is None or argument.keyword.value != "loop_scope"
    ]
    if len(kept) == len(site.new.args):
        return None
    if kept:
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return site.new.with_changes(args=kept)
