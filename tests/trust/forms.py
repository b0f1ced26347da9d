"""The two forms of the driver, for who asks both the same.

A form runs in one thread, and is closed there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any


class Form:
    """Runs what is written once: in an event loop, or as it is."""

    def __init__(self, name: str) -> None:
        folder = {"async": "tests.aio", "sync": "generated.tests"}[name]
        self.name = name
        self.scenarios: Any = import_module(f"{folder}.support.scenarios")
        self.unhandled: list[str] = []
        self._loop = asyncio.new_event_loop() if name == "async" else None
        if self._loop is not None:
            self._loop.set_exception_handler(self._note)

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call a function of this form, and return what it returns."""
        if self._loop is None:
            return function(*args)
        return self._loop.run_until_complete(function(*args))

    def scenario(self, name: str) -> Any:
        """Return the scenario of a name."""
        (found,) = (each for each in self.scenarios.SCENARIOS if each.name == name)
        return found

    def renewed(self, stage: Any, mark: int) -> Any:
        """Return a stage for another play, with its connection if that still works."""
        stage = self.run(self.scenarios.with_whole_pool, stage)
        conn = stage.conn
        if conn.closed:
            self.run(conn.close)
            first = self.scenarios.SCENARIOS[0]
            conn = self.run(self.scenarios.open_stage, stage.dsn, first, None).conn
        return stage._replace(conn=conn, mark=mark)

    def close(self) -> None:
        """End the form's event loop, if it has one."""
        if self._loop is not None:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    def _note(self, _: object, context: dict[str, Any]) -> None:
        self.unhandled.append(str(context))


FORMS = ("async", "sync")


@contextmanager
def formed(name: str) -> Iterator[Form]:
    """Give one of the two forms, to be used in this thread."""
    form = Form(name)
    try:
        yield form
    finally:
        form.close()
