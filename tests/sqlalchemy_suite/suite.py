# pyright: reportWildcardImportFromLibrary=false
"""SQLAlchemy's own tests of dialects, from its package."""

from __future__ import annotations

from typing import Any

from sqlalchemy.testing.suite import *  # noqa: F403
from sqlalchemy.testing.suite import ServerSideCursorsTest


class NamedCursorsTest(ServerSideCursorsTest):
    """Theirs, which knows of some drivers only when a cursor is server-side."""

    def _is_server_side(self, cursor: Any) -> bool:
        return bool(getattr(cursor, "name", ""))


del ServerSideCursorsTest
