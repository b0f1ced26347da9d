"""What is looked at each time when a statement is executed: bases of classes.

They have fields only, which the subclass sets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import deque

    from pgtwin.core.engine.contract import Kept, Key
    from pgtwin.core.engine.result_formats import Columns


class KeptState:
    """Of one statement that was executed, or is prepared."""

    __slots__ = ("columns", "generation", "key", "many", "name", "settings")

    columns: Columns | None
    generation: int
    key: Key
    many: bool
    name: bytes
    settings: bool


class PreparedState:
    """Of the statements that a server keeps prepared for a session."""

    __slots__ = ("latest", "retired")

    latest: Kept | None
    retired: deque[bytes]
