"""The marks of the two sides in a project, besides twingen's own markers.

`side = "mylib._side.ASYNC"` names one constant that is `True` in the async program. A
table has more: constants and functions with what the async program gets of them, of
a module or of all below a package, decorators, and comments.

    [tool.twingen.side]
    "mylib.**._IS_SYNC" = false
    "mylib.inspecting.is_async()" = true
    "tests.skip_sync" = "async-only"
    "# ASYNC" = "async-only"

Of a constant that is `"False to True"`, or the other way about, nothing is decided: its
definition stays, with the other value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...diagnostics.diagnostic import ConfigurationError
from ...syntax.source import ASYNC_ONLY, SYNC_ONLY

Rows = Mapping[str, bool | str]
_FLIPS = {
    "True to False": ("True", "False"),
    "False to True": ("False", "True"),
}
# What a row begins with that says which definitions go: see `async_names`.
DEFINITION = "def "
_MARKERS = {"async-only": ASYNC_ONLY, "sync-only": SYNC_ONLY}


@dataclass(frozen=True)
class Constant:
    """A mark of the sides: its row, and its value in the async program."""

    row: str
    value: bool


@dataclass(frozen=True)
class SideTable:
    """The rows of a project; see the module."""

    rows: Rows

    def __bool__(self) -> bool:
        return bool(self.rows)

    def is_spelled_in(self, text: str) -> bool:
        """Return whether a text may have anything of these rows."""
        return any(
            row.startswith(DEFINITION)
            or (row if row.startswith("#") else _last(row)) in text
            for row in self.rows
        )

    def constant(self, qualified: str | None) -> Constant | None:
        """Return the constant of a name, or the function, with `()` behind it."""
        row = self.row(qualified)
        value = self.rows[row] if row is not None else None
        if row is None or not isinstance(value, bool):
            return None
        return Constant(row, value)

    def flipped(self, qualified: str | None) -> tuple[str, str] | None:
        """Return the two values of a constant that stays, on each side one."""
        row = self.row(qualified)
        return _FLIPS.get(str(self.rows[row])) if row is not None else None

    def decorator(self, qualified: str | None) -> tuple[str, str] | None:
        """Return the row of a decorator that means one side, and the side."""
        row = self.row(qualified)
        value = self.rows[row] if row is not None else None
        if row is None or not isinstance(value, str) or value not in _MARKERS:
            return None
        return row, value

    @property
    def comments(self) -> dict[str, str]:
        """The comments that mean what one of twingen's markers does."""
        return {
            row: _MARKERS[value]
            for row, value in self.rows.items()
            if row.startswith("#") and isinstance(value, str)
        }

    def row(self, qualified: str | None) -> str | None:
        """Return the row that a name has."""
        if qualified is None:
            return None
        if qualified in self.rows:
            return qualified
        home, _, name = qualified.rpartition(".")
        for row in self.rows:
            package, inside, last = row.partition(".**.")
            if inside and last == name and f"{home}.".startswith(f"{package}."):
                return row
        return None


def with_definitions(table: SideTable, patterns: object, where: str) -> SideTable:
    """Return a table that has the definitions for the async side, too.

    `patterns` is what `async_only` says; raises :class:`ConfigurationError`.
    """
    if not isinstance(patterns, list) or not all(map(_is_pattern, patterns)):
        raise ConfigurationError(
            f"{where} must be a list of dotted names, with * for anything in one part "
            'of them: ["Client.__enter__", "SyncPool.*"]'
        )
    return SideTable(
        {**table.rows, **{f"{DEFINITION}{each}": "async-only" for each in patterns}}
    )


def _is_pattern(value: object) -> bool:
    if not isinstance(value, str) or value.strip("*.") == "":
        return False
    return all(part.replace("*", "x").isidentifier() for part in value.split("."))


def side_table(value: object, where: str) -> SideTable:
    """Return what `side` says; raises :class:`ConfigurationError`."""
    if value is None:
        return SideTable({})
    rows = {value: True} if isinstance(value, str) else value
    if not isinstance(rows, Mapping):
        raise ConfigurationError(f"{where} must be a dotted name or a table")
    for row, meaning in rows.items():
        if row.startswith("#"):
            fits = meaning in _MARKERS and bool(row.strip("# "))
        else:
            plain = row.replace(".**.", ".", 1).removesuffix("()")
            fits = all(map(str.isidentifier, plain.split(".")))
            fits = fits and (
                isinstance(meaning, bool)
                or (meaning in {*_MARKERS, *_FLIPS} and not row.endswith("()"))
            )
        if not fits:
            raise ConfigurationError(
                f'{where}: {row} must be a dotted name or a comment ("# ASYNC"), and '
                'true, false, "async-only", "sync-only" or "False to True"; for a '
                "constant or a function, write its value in the async program"
            )
    return SideTable(dict(rows))


def _last(row: str) -> str:
    return row.rpartition(".")[2].removesuffix("()")
