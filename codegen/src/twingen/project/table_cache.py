"""The tables that come with twingen, as an earlier run has read and checked them.

To parse them takes as long as to convert a source. What is kept counts only for the
same twingen, whose files are the tables as well, and only if its checksum is right.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..analysis.symbols.library_tables import Libraries, Tasks, built_in_libraries
from ..syntax.source import digest_of_text
from .files import replace


@dataclass(frozen=True)
class TableCache:
    """Where tables are kept, for the twingen that `key` tells from any other.

    Without a folder they are parsed.
    """

    folder: Path | None = None
    key: str = ""

    def libraries(self, tasks: Tasks) -> Libraries:
        """Return what :func:`.library_tables.built_in_libraries` does."""
        if self.folder is None:
            return built_in_libraries(tasks)
        file = self.folder / f"tables-{tasks}.json"
        known = self._known(file)
        if known is None:
            known = built_in_libraries(tasks)
            rows = json.dumps(known.as_json())
            head = self._head(rows)
            with suppress(OSError):  # a disk that refuses is left alone
                replace(file, f"{head}\n{rows}".encode())
        return known

    def _known(self, file: Path) -> Libraries | None:
        with suppress(OSError, ValueError, KeyError, TypeError, IndexError):
            head, _, rows = file.read_text(encoding="utf-8").partition("\n")
            if head == self._head(rows):
                return Libraries.from_json(json.loads(rows))
        return None

    def _head(self, rows: str) -> str:
        return digest_of_text(f"{self.key}\n{rows}")
