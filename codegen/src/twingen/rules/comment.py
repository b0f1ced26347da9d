"""Comments name what the twin has.

Names that the project renames are renamed wherever they stand as whole words;
nothing else in a comment is touched. A `# twingen:` marker that takes nothing
out of the twin is refused, so that none is believed in vain; the one of a task
group (`task_group`) has done its work and goes.
"""

from __future__ import annotations

import re

import libcst as cst

from ..prose import rename_words
from ..rule import Refused, Site, rewrite
from ..siblings import marks_task_group
from ..sides import MARKER

_MARKER = re.compile(r"#+\s*twingen\s*:")


@rewrite("TW209", cst.Comment)
def rename_in_comment(
    site: Site[cst.Comment],
) -> cst.Comment | cst.RemovalSentinel | None:
    if marks_task_group(site.names, site.old):
        return cst.RemovalSentinel.REMOVE
    if _MARKER.match(site.old.value):
        raise Refused(
            "this marker takes nothing out of the twin",
            f"write `{MARKER}` at the end of a statement's first line or on the line "
            "just above it; an elif needs an `if` of its own",
        )
    renames = site.libraries.renames
    text = rename_words(site.old.value, renames.words() if renames else {})
    return site.new.with_changes(value=text) if text != site.old.value else None
