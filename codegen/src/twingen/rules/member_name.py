"""What a lock, a queue or a task is asked must be known to its counterpart.

`asyncio.Semaphore` has `locked()` and `threading.Semaphore` has not; the rows
of the tables named after a class (`["asyncio.Semaphore"]`) say which of its
members stay and which are refused. It applies to values whose class the source
shows: by what they are assigned or annotated.
"""

from __future__ import annotations

import libcst as cst

from ..rule import Refused, Site, rewrite


@rewrite("TW211", cst.Attribute, cst.WithItem)
def refuse_unknown_member(site: Site[cst.Attribute | cst.WithItem]) -> None:
    if isinstance(site.old, cst.Attribute):
        value, member = site.old.value, site.old.attr.value
    else:
        value, member = site.old.item, "__aenter__"
    kind = site.names.kind(value)
    verdict = None if kind is None else site.libraries.verdict(f"{kind}.{member}")
    if verdict is not None and verdict.refuse:
        raise Refused(
            f"{member} of {kind} has no sync twin: {verdict.refuse}", verdict.instead
        )
