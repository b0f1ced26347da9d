# renames: Async* = *
from typing import Generic, TypeVar

T = TypeVar("T")


class Base(Generic[T]): ...


class AsyncConn: ...


class AsyncCur(Base["AsyncConn"]): ...

# ---- twin ----
# renames: Async* = *
from typing import Generic, TypeVar

T = TypeVar("T")


class Base(Generic[T]): ...


class Conn: ...


class Cur(Base["Conn"]): ...
