"""Stacks of managers and callbacks that wait."""

from __future__ import annotations

import contextlib
import functools
from types import TracebackType
from typing import Any

from .dynamic_calls import awaited, entered


class ExitStack(contextlib.ExitStack):
    """A stack that waits for what its managers and callbacks give."""

    def enter_context(self, cm: Any) -> Any:
        """Enter a manager, which is left with the stack."""
        if not hasattr(type(cm), "__enter__"):
            cm = entered(cm)
        return super().enter_context(cm)

    def push(self, exit: Any) -> Any:  # noqa: A002
        """Leave a manager, or call a function with the exception, with the stack."""
        kind = type(exit)
        if hasattr(kind, "__exit__"):
            return super().push(exit)
        if hasattr(kind, "__aexit__"):
            super().push(entered(exit))
        else:
            super().push(functools.partial(awaited, exit))
        return exit

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
        /,
    ) -> bool:
        try:
            return bool(super().__exit__(kind, error, tb))
        except StopIteration as stop:
            raise RuntimeError("coroutine raised StopIteration") from stop
