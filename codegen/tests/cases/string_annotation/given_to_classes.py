# renames: Async* = *
from __future__ import annotations

import dataclasses
import enum
import weakref
from contextvars import ContextVar
from typing import ForwardRef, Generic, TypeVar

T = TypeVar("T", bound="AsyncConn")


class Base(Generic[T]): ...


class Kind(enum.Enum):
    AsyncConn = 1


class Table:
    def __class_getitem__(cls, name): ...


class AsyncConn: ...


class AsyncCursor(Base["AsyncConn"]): ...


class Cursors(list, Base["list[AsyncConn]"]): ...


current = ContextVar["AsyncConn"]("current")
known = weakref.WeakKeyDictionary["AsyncConn", int]()
Alias = Base["AsyncConn"]
later = ForwardRef("AsyncConn")
Row = dataclasses.make_dataclass("Row", [("conn", "AsyncConn")])
current.get.__annotations__["return"] = "AsyncConn"
Kind["AsyncConn"]
Table["AsyncConn"]

# ---- twin ----
# renames: Async* = *
from __future__ import annotations

import dataclasses
import enum
import weakref
from contextvars import ContextVar
from typing import ForwardRef, Generic, TypeVar

T = TypeVar("T", bound="Conn")


class Base(Generic[T]): ...


class Kind(enum.Enum):
    AsyncConn = 1


class Table:
    def __class_getitem__(cls, name): ...


class Conn: ...


class Cursor(Base["Conn"]): ...


class Cursors(list, Base["list[Conn]"]): ...


current = ContextVar["Conn"]("current")
known = weakref.WeakKeyDictionary["Conn", int]()
Alias = Base["Conn"]
later = ForwardRef("Conn")
Row = dataclasses.make_dataclass("Row", [("conn", "Conn")])
current.get.__annotations__["return"] = "Conn"
Kind["AsyncConn"]
Table["AsyncConn"]
