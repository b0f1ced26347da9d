"""The threads that run tasks, and drive the loop between them."""

from __future__ import annotations

import _thread
import threading
from typing import Any

from .loop_iterations import Rounds
from .thread_state import here
from .turn_threads import Participant, idents, trace_as_told

MOST_IDLE = 64
"""How many workers without a task are kept."""

STACK_SIZE = 4 << 20
"""Of the threads of tasks, unless the program has chosen a size.

Half of the usual 8 MiB: with 1 MiB, and on Python 3.13 with 2 MiB, a recursion through
functions in C overflows it before Python raises `RecursionError`.
"""


class Workers(Rounds):
    """A loop whose tasks are threads."""

    def __init__(self) -> None:
        super().__init__()
        self._idle: list[Participant] = []

    def _appoint(self) -> None:
        """Give the turn to a worker that drives the loop."""
        worker = self._worker()
        if worker is not None:
            self._give(worker)
            return
        with self._mutex:  # the next thread that enters drives it
            self._turn = None

    def _worker(self) -> Participant | None:
        """Return a parked thread that can run a task or drive, or `None`."""
        if self._idle:
            return self._idle.pop()
        worker = Participant()
        try:
            start_thread(self._work, worker)
        except RuntimeError:  # there are too many, or the interpreter ends
            return None
        return worker

    def _work(self, me: Participant) -> None:
        """What a worker's thread does: run tasks, and drive the loop between them."""
        trace_as_told()
        here.participant, here.loop = me, self
        me.ident = _thread.get_ident()
        idents.add(me.ident)
        me.wake.acquire()
        while True:
            if self._closed:
                if self._idle:
                    self._give(self._idle.pop())  # one after the other
                return
            try:
                target = self._work_on(me)
            except BaseException as error:
                target = self._failed(me, error)
            if me.creator is not None:  # whose turn it is when the task has ended
                target, me.creator = me.creator, None
            if target is not None and not self._rest(me, target):
                return

    def _work_on(self, me: Participant) -> Participant | None:
        task, me.begin = me.begin, None
        if task is not None:
            try:
                task._live(me)
            finally:
                del task
            return None
        if self._owner is None and self._is_home and self._nothing_left():
            with self._mutex:
                returning, self._returning = self._returning, None
                if returning is None and not self._ready:
                    self._turn = None
                    self._idle.append(me)
                    park = True
                else:
                    park = False
            self._settle()
            if park:
                me.wake.acquire()
            return returning
        return self._advance(me)

    def _rest(self, me: Participant, target: Participant) -> bool:
        """Pass the turn on and park; return false if there are enough idle workers."""
        if len(self._idle) >= MOST_IDLE:
            self._give(target)
            return False
        self._idle.append(me)
        self._switch(me, target)
        return True

    def _start_eagerly(self, task: Any) -> None:
        """Run a task until it waits, before its creator goes on."""
        me = here.participant
        assert me is not None
        outer, self._current = self._current, None
        worker = self._worker()
        if worker is None:
            self._live_on_top(me, task)
        else:
            worker.begin = task
            worker.creator = me
            self._switch(me, worker)
        self._current = outer

    def _unwind(self) -> None:
        """End the threads of pending tasks, as a coroutine's `close()` does."""
        me = here.participant
        if me is None:
            me = Participant()
        for task in list(self._tasks):
            participant = task._participant
            if participant is None or not participant.started or participant is me:
                continue
            task._leave_pending()
            participant.thrown = GeneratorExit()
            participant.resumed = True
            participant.creator = me
            self._switch(me, participant)
        self._turn = None

    def _abandon(self) -> None:
        """In a forked child, whose parent has the loop's threads."""
        self._closed = self._abandoned = True
        self._ready.clear()
        self._scheduled.clear()
        for task in self._tasks:
            task._log_destroy_pending = False
        self._tasks.clear()
        self._idle.clear()
        self._mutex = threading.Lock()
        global _starting
        _starting = threading.Lock()


_starting = threading.Lock()


def start_thread(function: Any, worker: Participant) -> None:
    """Start a worker's thread, with a small stack unless the program chose a size."""
    worker.started = True
    with _starting:
        before = threading.stack_size()
        if before == 0:
            threading.stack_size(STACK_SIZE)
        try:
            _thread.start_new_thread(function, (worker,))
        finally:
            if before == 0:
                threading.stack_size(0)
