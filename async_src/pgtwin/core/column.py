"""The columns of a result, for `cursor.description` (PEP 249).

A column reads its result when it is created, and does not need it afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult
    from psycopg.types import TypesRegistry

ITEMS = (
    "name",
    "type_code",
    "display_size",
    "internal_size",
    "precision",
    "scale",
    "null_ok",
)


class Column(Sequence[Any]):
    """One column of a result; as a sequence, the seven items of PEP 249."""

    __module__ = "pgtwin"

    def __init__(
        self, result: PGresult, index: int, types: TypesRegistry, encoding: str
    ) -> None:
        name = result.fname(index)
        # The columns of a COPY have no names.
        self._name = name.decode(encoding) if name else f"column_{index + 1}"
        self._type_code = result.ftype(index)
        self._type = types.get(self._type_code)
        self._modifier = result.fmod(index)
        self._size = result.fsize(index)
        self._table_oid = result.ftable(index)
        self._table_column = result.ftablecol(index)

    def __repr__(self) -> str:
        return (
            f"<Column {self._name!r}, type: {self.type_display} "
            f"(oid: {self._type_code})>"
        )

    def __len__(self) -> int:
        return len(ITEMS)

    def __getitem__(self, index: Any) -> Any:
        names = ITEMS[index]
        if isinstance(names, str):
            return getattr(self, names)
        return tuple(getattr(self, name) for name in names)

    @property
    def name(self) -> str:
        """The name of the column."""
        return self._name

    @property
    def type_code(self) -> int:
        """The OID of the type, which compares with `pgtwin.NUMBER` and the like."""
        return self._type_code

    @property
    def type_display(self) -> str:
        """The type as people write it: `numeric(8,3)`, `date[]`; the OID if unknown."""
        if self._type is None:
            return str(self._type_code)
        return self._type.get_type_display(self._type_code, self._modifier)

    @property
    def display_size(self) -> int | None:
        """How many characters fit, for types such as `varchar(20)`."""
        return self._type.get_display_size(self._modifier) if self._type else None

    @property
    def internal_size(self) -> int | None:
        """How many bytes the server needs; `None` if that varies."""
        return self._size if self._size >= 0 else None

    @property
    def precision(self) -> int | None:
        """The number of digits, for types such as `numeric(8,3)`."""
        return self._type.get_precision(self._modifier) if self._type else None

    @property
    def scale(self) -> int | None:
        """The number of digits after the decimal point, as in `numeric(8,3)`."""
        return self._type.get_scale(self._modifier) if self._type else None

    @property
    def null_ok(self) -> bool | None:
        """Always `None`, because the server does not report it."""
        return None

    @property
    def table_oid(self) -> int | None:
        """The OID of the table whose column it is; `None` for what is computed."""
        return self._table_oid or None

    @property
    def table_column(self) -> int | None:
        """The number, from 1, of the table's column; `None` for what is computed."""
        return self._table_column or None
