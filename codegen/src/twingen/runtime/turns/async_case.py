"""Test cases whose methods may wait."""

from __future__ import annotations

import contextvars
import unittest
from collections.abc import Callable
from typing import Any

from .dynamic_calls import awaited, later
from .entry_points import entry
from .events import set_event_loop
from .inspection import iscoroutinefunction
from .runners import Runner
from .thread_state import here


class IsolatedAsyncioTestCase(unittest.TestCase):
    """A test case whose tests run in a loop, one for each test, in one context."""

    loop_factory: Callable[[], Any] | None = None

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        self._runner: Runner | None = None
        self._test_context = contextvars.copy_context()

    @entry
    def asyncSetUp(self) -> None:
        """Prepare a test, after `setUp()`."""

    @entry
    def asyncTearDown(self) -> None:
        """Clean up after a test, before `tearDown()`."""

    def addAsyncCleanup(
        self, func: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> None:
        """Call a function, and wait for it, when the test has ended."""
        self.addCleanup(func, *args, **kwargs)

    @entry
    def enterAsyncContext(self, cm: Any) -> Any:
        """Enter a context manager that is left when the test has ended."""
        kind = type(cm)
        enter = getattr(kind, "__aenter__", getattr(kind, "__enter__", None))
        leave = getattr(kind, "__aexit__", getattr(kind, "__exit__", None))
        if enter is None or leave is None:
            raise TypeError(
                f"'{kind.__module__}.{kind.__qualname__}' object does not support the "
                "asynchronous context manager protocol"
            )
        result = awaited(enter, cm)
        self.addAsyncCleanup(leave, cm, None, None, None)
        return result

    def _run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        assert self._runner is not None
        context = self._test_context
        if iscoroutinefunction(function):
            return self._runner.run(later(function, *args, **kwargs), context=context)
        return context.run(function, *args, **kwargs)

    def _callSetUp(self) -> None:
        assert self._runner is not None
        self._runner.get_loop()
        self._test_context.run(self.setUp)
        self._run(self.asyncSetUp)

    def _callTestMethod(self, method: Callable[[], Any]) -> None:
        self._run(method)

    def _callTearDown(self) -> None:
        self._run(self.asyncTearDown)
        self._test_context.run(self.tearDown)

    def _callCleanup(
        self, function: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> None:
        self._run(function, *args, **kwargs)

    def run(
        self, result: unittest.TestResult | None = None
    ) -> unittest.TestResult | None:
        """Run the test in a loop of its own."""
        before = here.chosen
        self._runner = Runner(debug=True, loop_factory=self.loop_factory)
        try:
            return super().run(result)
        finally:
            self._runner.close()
            self._runner = None
            set_event_loop(None)
            here.chosen = before

    def debug(self) -> None:
        """Run the test without collecting its outcome."""
        self._runner = Runner(debug=True, loop_factory=self.loop_factory)
        try:
            super().debug()
        finally:
            self._runner.close()
            self._runner = None
