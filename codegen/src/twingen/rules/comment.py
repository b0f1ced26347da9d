"""Comments use the names of the twin.

Names that the project renames are renamed where they are whole words. The rest of a
comment is unchanged.

`# twingen: async-only` leaves something out of the twin:

- a source, if it is the first line of the file;
- a statement or a decorator, if it is at the end of the first line or alone on the
  line above;
- a parameter, argument, element or imported name, if it is at the end of its line.

`# twingen: sync-only` marks what only the twin has:

- a source, if it is the first line of the file;
- the body of an `if` that the async program never enters
  (`if TYPE_CHECKING:  # twingen: sync-only`);
- the `else` of an `if` that is async-only.

If an `if` or a loop has other branches, put the marker alone on the line above, or mark
these branches as well. The same holds for the `else` and `finally` of a `try`. Its
handlers are left out together with its block, because nothing is left to handle.

A marker that has no effect is refused, so that nobody relies on it. The marker of a
task group (`task_group`) has an effect, but is not repeated in the twin.
"""

from __future__ import annotations

import re

import libcst as cst

from ..analysis.sides.markers import marks
from ..analysis.tasks.task_group_siblings import marks_task_group
from ..diagnostics.refusal import Refused
from ..syntax.source import ASYNC_ONLY, SYNC_ONLY
from .rule import Site, rewrite

_MARKER = re.compile(r"#+\s*twingen\s*:")


@rewrite("TW209", cst.Comment, cst.Module)
def rename_in_comment(
    site: Site[cst.Comment | cst.Module],
) -> cst.Comment | cst.RemovalSentinel | None:
    if isinstance(site.old, cst.Module):
        for branch in site.names.side.unclear:
            raise Refused(
                "another branch of this statement has a marker, and this one does not",
                f"to leave out the whole statement, put `{ASYNC_ONLY}` alone on the "
                f"line above it; to keep the `else` of an `if`, mark it `{SYNC_ONLY}`",
                node=branch,
            )
        for lost in site.names.side.lost_markers:
            raise Refused(
                "this marker is in code that the twin does not have",
                "move the sync-only code out of the async-only code",
                node=lost,
            )
        return None
    assert isinstance(site.new, cst.Comment)
    if marks_task_group(site.names, site.old):
        return cst.RemovalSentinel.REMOVE
    if marks(site.old, SYNC_ONLY):
        raise Refused(
            "this marker adds nothing to the twin, because the async program runs "
            "this code, too",
            "put it on an `if` that the async program never enters, `if "
            f"TYPE_CHECKING:  {SYNC_ONLY}`, or on the `else:` of an `if` that is "
            "async-only",
        )
    if _MARKER.match(site.old.value):
        raise Refused(
            "this marker leaves nothing out of the twin",
            f"write `{ASYNC_ONLY}` at the end of a statement's first line or on the "
            "line just above it, or at the end of the line of one parameter, argument "
            "or element; an elif needs an `if` of its own",
        )
    renames = site.libraries.renames
    text = renames.prose(site.old.value) if renames else site.old.value
    return site.new.with_changes(value=text) if text != site.old.value else None
