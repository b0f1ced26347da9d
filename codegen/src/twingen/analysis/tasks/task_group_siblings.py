"""Blocks of a task group whose author says that no sibling needs to be cancelled."""

from __future__ import annotations

import libcst as cst

from ..symbols.names import Names
from ..types.type_inference import TASK_GROUP

GROUPS = {TASK_GROUP, "anyio.create_task_group"}
MARKER = "# twingen: siblings finish"


def is_marked(names: Names, call: cst.Call) -> bool:
    """Return whether what makes a task group is entered by a block with the marker."""
    item = names.parent(call)
    block = names.parent(item) if isinstance(item, cst.WithItem) else None
    if not isinstance(block, cst.With) or block.asynchronous is None:
        return False
    comment = marker_of(block)
    return comment is not None and comment.value == MARKER


def marks_task_group(names: Names, comment: cst.Comment) -> bool:
    """Return whether a comment is the marker of a block that enters a task group."""
    block = names.enclosing(comment, cst.With)
    return (
        block is not None
        and marker_of(block) is comment
        and any(
            isinstance(item.item, cst.Call)
            and names.qualified(item.item.func) in GROUPS
            and is_marked(names, item.item)
            for item in block.items
        )
    )


def marker_of(block: cst.With) -> cst.Comment | None:
    """Return the comment at the end of a block's first line."""
    if isinstance(block.body, cst.IndentedBlock):
        return block.body.header.comment
    return None
