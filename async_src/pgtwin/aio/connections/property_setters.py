# twingen: async-only
"""Properties that are read directly and set by a method that waits.

The message names the method to call.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Owner = TypeVar("Owner")
Value = TypeVar("Value")


def set_by_method(
    method: str,
) -> Callable[
    [Callable[[Owner, Value], Coroutine[Any, Any, None]]],
    Callable[[Owner, Value], None],
]:
    """Replace a setter by one that refuses and names the method to call."""

    def replace(
        setter: Callable[[Owner, Value], Coroutine[Any, Any, None]],
    ) -> Callable[[Owner, Value], None]:
        name = setter.__name__

        def refuse(_owner: Owner, _value: Value) -> None:
            raise AttributeError(
                f"{name} cannot be assigned on an async connection: "
                f'use "await connection.{method}(...)"'
            )

        return refuse

    return replace
