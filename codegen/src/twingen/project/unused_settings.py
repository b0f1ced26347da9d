"""What a configuration says of names: each must be of use, or it is misspelt."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..analysis.sides.side_configuration import DEFINITION
from ..diagnostics.diagnostic import ConfigurationError
from .config import Config, read_table


def configured(config: Config) -> list[str]:
    """Return what a configuration says of names, each with the key that says it."""
    tables = [config.libraries, *map(read_table, config.tables)]
    return [
        *(f"renames: {pattern}" for pattern in config.renames),
        *(f"methods: {pattern}" for pattern in config.methods),
        *(f"locals: {name}" for name in config.locals),
        *(f"prose: {words}" for words in config.prose),
        *map(side_row, config.side.rows),
        *(
            f"libraries: {module}.{name}"
            for table in tables
            for module, rows in table.items()
            if isinstance(rows, Mapping)
            for name, row in rows.items()
            if not (isinstance(row, Mapping) and "refuse" in row)  # it would stop all
        ),
        *(f"strings: {name}" for name in config.strings),
        *(f"texts: {tree.module}" for tree in config.trees if tree.texts),
        *(f"tabs: {tree.module}" for tree in config.trees if tree.tabs),
        *(f"pages: {pattern}" for pattern in config.pages),
        *(
            f"{key}: {pattern}"
            for tree in config.trees
            for key in ("include", "exclude", "handwritten", "files")
            for pattern in getattr(tree, key)
        ),
    ]


def side_row(row: str) -> str:
    """Return a row that distinguishes the sides, with the key that says it."""
    if row.startswith(DEFINITION):
        return f"async_only: {row.removeprefix(DEFINITION)}"
    return f"side: {row}"


def check_unused(config: Config, used: Collection[str]) -> None:
    """Raise :class:`ConfigurationError` for what nothing uses."""
    unused = [what for what in configured(config) if what not in used]
    if unused:
        raise ConfigurationError(
            f"tool.twingen: nothing uses {', '.join(unused)}; remove it, or "
            "correct its spelling"
        )
