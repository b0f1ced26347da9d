"""Several runs in one context, as asyncio's runner has it."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")


class Runner:
    """A context that calls share; it is a copy of the one it is made in."""

    def __init__(self) -> None:
        self._context: contextvars.Context | None = None
        self._is_closed = False

    def run(self, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        """Call in the context of the runner; RuntimeError once it is closed."""
        self._begin()
        assert self._context is not None
        return self._context.run(function, *args, **kwargs)

    def close(self) -> None:
        """End the runner."""
        self._is_closed = True

    def __enter__(self) -> Runner:
        self._begin()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _begin(self) -> None:
        if self._is_closed:
            raise RuntimeError("Runner is closed")
        if self._context is None:
            self._context = contextvars.copy_context()
