"""`async with asyncio.TaskGroup() as tg:  # twingen: siblings finish` becomes `with`.

When one task of asyncio's group fails, the group cancels the other tasks and its own
block. A thread cannot be cancelled. In the twin the other tasks would go on to their
end, with everything that they do on the way. A task that ends only by cancellation
would never end. Therefore task groups are refused, unless the first line of the block
has the marker `# twingen: siblings finish`.

The marker states that every task and the block itself end by themselves, and may end
after another task has failed. The twin then uses the runtime's `TaskGroup`:

- Tasks are threads, and all of them have ended when the block is left.
- The exceptions of the tasks and of the block are raised together in an
  `ExceptionGroup`. KeyboardInterrupt and SystemExit are raised alone, as in asyncio.
- Nothing is cancelled. So the group may also contain exceptions that other tasks raised
  after the first failure.

The marker is not repeated in the twin. The same holds for `anyio.create_task_group()`.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.tasks.task_group_siblings import GROUPS, MARKER, is_marked
from ..analysis.types.type_inference import TASK_GROUP
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
