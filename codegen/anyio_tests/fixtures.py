"""What anyio's tests need of their conftest, for asyncio alone; it is converted."""

from __future__ import annotations

import asyncio
import sys

import pytest

asyncio_params = [pytest.param(("asyncio", {"debug": True}), id="asyncio")]


@pytest.fixture(params=asyncio_params)
def anyio_backend(request):
    return request.param


@pytest.fixture
def asyncio_event_loop():
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture
async def event_loop_implementation_name():
    return "asyncio"


def no_other_refs():
    return [] if sys.version_info >= (3, 11) else [sys._getframe(1)]


def return_non_coro_awaitable(func):
    class Wrapper:
        def __init__(self, *args, **kwargs):
            self.args = args
            self.kwargs = kwargs

        def __await__(self):
            return func(*self.args, **self.kwargs).__await__()

    return Wrapper
