"""`asyncio.Runner()` becomes the runtime's `Runner`, `runner.run(f(x))` `run(f, x)`.

All runs share one context, as in asyncio. `debug=` is about the event loop, and is left
out. `loop_factory=` and `context=` are refused.
"""

from __future__ import annotations

import libcst as cst

from ..diagnostics.refusal import Refused
from .rule import Site, rewrite
from .shared.thread_starts import function_and_arguments, runs_in_runner


@rewrite("TW319", cst.Call, tasks="threads")
def run_in_context(site: Site[cst.Call]) -> cst.Call | None:
    if runs_in_runner(site.names, site.old):
        if len(site.old.args) != 1:
            raise Refused(
                "run() of the runner takes only the coroutine call",
                "leave out context=",
            )
        started = function_and_arguments(site, site.old.args[0], site.new.args[0])
        return site.new.with_changes(args=started)
    if site.names.qualified(site.old.func) != "asyncio.Runner":
        return None
    if any(
        argument.keyword is None or argument.keyword.value != "debug"
        for argument in site.old.args
    ):
        raise Refused(
            "this argument of asyncio.Runner() is about its event loop",
            "leave it out, or mark the code `# twingen: async-only`",
        )
    function = site.imports.name("twingen.runtime.runner.Runner")
    return site.new.with_changes(func=function, args=[])
