# tasks: turns
# strings: unittest.mock.patch
# row: asyncio.logger = twingen.runtime.turns.scheduling.logger
from unittest import mock


@mock.patch("asyncio.base_events.BaseEventLoop.call_exception_handler")
@mock.patch("asyncio.base_events.logger")
def test(logger, handler): ...
# ---- twin ----
# tasks: turns
# strings: unittest.mock.patch
# row: asyncio.logger = twingen.runtime.turns.scheduling.logger
from unittest import mock


@mock.patch("twin_runtime.turns.event_loop.BaseEventLoop.call_exception_handler")
@mock.patch("twin_runtime.turns.scheduling.logger")
def test(logger, handler): ...
