"""Context managers that wait, by `with`."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from .coroutines import Coroutine


class Managed:
    """What a twin enters by `with`, and code that was not converted by `async with`."""

    def __enter__(self) -> Any:
        raise NotImplementedError

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> bool | None:
        raise NotImplementedError

    def __aenter__(self) -> Coroutine[Any]:
        kind = type(self)
        return Coroutine(kind.__enter__, (self,), None, Managed.__aenter__)

    def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> Coroutine[bool | None]:
        arguments = self, kind, error, tb
        return Coroutine(type(self).__exit__, arguments, None, Managed.__aexit__)
