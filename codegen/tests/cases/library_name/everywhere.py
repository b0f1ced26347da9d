# renames: Async* = *
from typing import TypeVar

AsyncT = TypeVar("AsyncT", bound="AsyncError")


class AsyncError(Exception): ...


def f(value, **kwargs):
    match value:
        case AsyncError(args=a):
            return a
        case {"AsyncError": AsyncLocal, **AsyncRest}:
            return AsyncLocal, AsyncRest
    try:
        f(AsyncError=1)
    except AsyncError as e:
        return f"{AsyncError!r} {e.AsyncError}"
    return lambda AsyncError: AsyncError

# ---- twin ----
# renames: Async* = *
from typing import TypeVar

T = TypeVar("T", bound="Error")


class Error(Exception): ...


def f(value, **kwargs):
    match value:
        case Error(args=a):
            return a
        case {"AsyncError": AsyncLocal, **AsyncRest}:
            return AsyncLocal, AsyncRest
    try:
        f(AsyncError=1)
    except Error as e:
        return f"{Error!r} {e.AsyncError}"
    return lambda AsyncError: AsyncError
