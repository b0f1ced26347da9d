"""Comments name what the twin has.

Names that the project renames are renamed wherever they stand as whole words;
nothing else in a comment is touched. A `# twingen:` marker that changes nothing
is refused, so that none is believed in vain; the one of a task group
(`task_group`) has done its work and goes.

`# twingen: async-only` takes out: a whole source (as its first line); a
statement or a decorator (at the end of its first line, or alone on the line
above); a parameter, argument, element or imported name (at the end of its
line). `# twingen: sync-only` says what only the twin has: a whole source (as
its first line), the body of an `if` that the async program never enters (`if
TYPE_CHECKING:  # twingen: sync-only`), or the `else` of one that is async-only.
Where an `if` or a loop has other branches, its mark stands alone on the line above, or
they have marks of their own; so it is with the `else` and `finally` of a `try`, whose
handlers go with it, since nothing is left that they could handle.
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
