"""An object that holds a lock must not be copied.

In asyncio, a lock, an event, a condition, a semaphore, a barrier or a queue can be
copied together with the object that holds it, while nobody waits for it. This is what
`copy.deepcopy()`, `dataclasses.asdict()` and pickle do. The counterparts in `threading`
and `queue` raise TypeError. Therefore such a copy is refused, unless a method of the
class defines what is copied (`__deepcopy__`, `__getstate__`, `__reduce__`).
`copy.copy()` is allowed: the copy shares the lock in both forms.

With `tasks = "turns"`, the locks are plain objects as in asyncio, and nothing is
refused. The rule does not know about copies that users make, or about classes that the
sources do not show.
"""

from __future__ import annotations

import libcst as cst

from ..analysis.tasks.deepcopy_and_pickle import FIELDS, PICKLES, copier, lock_copied
from ..analysis.tasks.held_locks import LOCKS
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite


@rewrite("TW131", cst.Call, tasks="threads")
def refuse_copy(site: Site[cst.Call]) -> None:
    how = copier(site.names, site.old)
    if how is None or site.names.is_sync_only(site.old):
        return
    held = lock_copied(site.names, site.old.args[0].value, how)
    if held is None:
        return
    if held in LOCKS:
        instead = "make a new one"
    elif how in FIELDS:
        instead = "take the values that you need one by one"
    else:
        method = "__getstate__" if how in PICKLES else "__deepcopy__"
        instead = f"define {method} in the class that holds it, which makes a new one"
    raise Refused(
        f"{how}() copies {held}, and locks of threading cannot be copied",
        f'{instead}, or set `tasks = "turns"`',
    )
