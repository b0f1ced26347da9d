"""Coroutines that are driven by hand: their bodies need threads of their own."""

from __future__ import annotations

import _thread
import contextvars
from collections.abc import Callable
from typing import Any

from .thread_state import here
from .turn_threads import Participant, idents, trace_as_told


class Fiber:
    """A thread that runs a body hand in hand with the thread that sends to it."""

    def __init__(self, body: Callable[[], Any]) -> None:
        self.running = False
        self._body = body
        self._begun = False
        self._go = _thread.allocate_lock()
        self._back = _thread.allocate_lock()
        self._go.acquire()
        self._back.acquire()
        self._sent: tuple[Any, BaseException | None] = None, None
        self._outcome: tuple[str, Any] = "", None

    def resume(self, value: Any, error: BaseException | None = None) -> Any:
        """Let the body go on until it waits; return what it waits for."""
        self._sent = value, error
        self.running = True
        if self._begun:
            self._go.release()
        else:
            self._begun = True
            context = contextvars.copy_context()
            _thread.start_new_thread(self._run, (context, here.loop))
        self._back.acquire()
        self.running = False
        how, result = self._outcome
        self._outcome = "", None
        if how == "yielded":
            return result
        if how == "returned":
            raise StopIteration(result)
        try:
            raise result
        finally:
            del result

    def _run(self, context: contextvars.Context, loop: Any) -> None:
        trace_as_told()
        here.loop = loop
        here.participant = participant = Participant()
        participant.fiber = self
        participant.ident = _thread.get_ident()
        idents.add(participant.ident)
        try:
            self._outcome = "returned", context.run(self._body)
        except BaseException as error:
            self._outcome = "raised", error
        self._back.release()

    def pause(self, yielded: Any) -> Any:
        """In the body's thread: hand out a value and wait for what is sent."""
        self._outcome = "yielded", yielded
        self._back.release()
        self._go.acquire()
        value, error = self._sent
        self._sent = None, None
        if error is not None:
            try:
                raise error
            finally:
                del error
        return value
