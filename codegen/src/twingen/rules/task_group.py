"""`async with asyncio.TaskGroup() as tg:  # twingen: siblings finish`.

asyncio's task group cancels: when one task fails, its siblings and the block
itself are interrupted where they wait. A thread cannot be interrupted, so the
twin of such a program does more than its source: siblings go on to their ends,
with all that they do on the way, and one that only ends by being cancelled
never ends at all. This shows in any group that has a failure; so task groups are
refused, unless the block's first line says `# twingen: siblings finish`.

With the marker the author states that every task and the block itself end by
themselves, and may do so after another has failed. The twin is then the
runtime's `TaskGroup`: tasks are threads, all of them are over when the block is
left, and what they and the block raised is raised together as an
`ExceptionGroup` (KeyboardInterrupt and SystemExit alone, as in asyncio). The one
difference is what the marker says: nobody is cancelled, so the group may also
hold what siblings raised after the first failure. The marker is not repeated in
the twin. The same holds for `anyio.create_task_group()`.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.tasks.task_group_siblings import GROUPS, MARKER, is_marked
from ..analysis.types.value_types import TASK_GROUP
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite


@rewrite("TW312", cst.Call, tasks="threads")
def require_marker(site: Site[cst.Call]) -> None:
    called = site.names.qualified(site.old.func)
    if called not in GROUPS:
        return
    if is_marked(site.names, site.old):
        return
    raise Refused(
        f"{called} cancels the siblings of a task that fails, and a running "
        "thread cannot be cancelled",
        "if every task and the block end by themselves, say so at the end of the line "
        f"`async with {called}() as tg:  {MARKER}`; else "
        + ("use asyncio.gather()" if called == TASK_GROUP else "await them in turn"),
    )
