"""Mocks of coroutine functions, for tests that were asynchronous."""

from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock

from .function_kinds import coroutine
from .inspection import _is_coroutine


class AsyncMock(MagicMock):
    """A mock whose call is a coroutine where it is kept, and else what it gives."""

    _is_coroutine = _is_coroutine

    @coroutine
    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return super().__call__(*args, **kwargs)
