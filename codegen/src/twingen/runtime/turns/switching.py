"""Passing the turn on.

Everything of a loop is touched by the thread that has its turn. From outside there is
only the end of the ready queue, and, under the mutex, which thread has the turn next.
"""

from __future__ import annotations

import selectors
import threading
from collections.abc import Iterable
from typing import Any

from .deadlocks import Watch
from .handles import IN_TASK, Handle
from .scheduling import Scheduling
from .shared_loop import shared
from .turn_threads import Participant

ROUNDS_BEFORE_SELECT = 61
"""Rounds after which descriptors are looked at although callbacks are ready."""

SIGNAL_SECONDS = 1.0
"""How long a signal may be overlooked that comes as the main thread begins to wait."""

NOBODY = Participant()
"""Has the turn while the next thread is chosen."""


class Switching(Scheduling):
    """A loop whose threads take turns."""

    def __init__(self) -> None:
        super().__init__()
        self._mutex = threading.Lock()
        self._nudged = False
        """A thread added something and could not take the mutex: its holder looks."""
        self._turn: Participant | None = None
        """Who has the turn."""
        self._sleeper: Participant | None = None
        """Who sleeps in select(), without the turn."""
        self._returning: Participant | None = None
        """The sleeper that is awake while another has the turn."""
        self._owner: Participant | None = None
        """The thread in `run_forever()`."""
        self._due: Any = None
        """Who goes on by the step just run: a participant, or a task that begins."""
        self._current: Any = None
        """The task that runs."""
        self._tasks: set[Any] = set()
        self._fatal: BaseException | None = None
        """What the owner is to raise."""
        self._rounds = 0
        self._abandoned = False

    @property
    def _is_home(self) -> bool:
        return shared.loop is self

    def _nothing_left(self) -> bool:
        return not (self._ready or self._scheduled or self._watched)

    # Handing the turn over.

    def _give(self, target: Participant) -> None:
        """Let another have the turn."""
        while target.covered_by is not None:  # its thread runs another body on top
            target = target.covered_by
        watched = self._sleeper is not None or self._returning is not None
        if watched and self._give_sleeper(target):
            return
        self._turn = target
        target.wake.release()

    def _give_sleeper(self, target: Participant) -> bool:
        """Let the sleeper have the turn, if it is the one that is meant."""
        with self._mutex:
            if self._sleeper is target:
                self._turn = None  # it takes it when it is awake
                self._wake()
                given = True
            else:
                given = False
                if self._returning is target:
                    self._returning = None
        self._settle()
        return given

    def _switch(self, me: Participant, target: Participant) -> None:
        """Let another have the turn; return when this thread has it again."""
        while target.covered_by is not None:
            target = target.covered_by
        if target is me:
            return
        try:
            self._give(target)
        except BaseException as error:  # a signal handler's
            if self._turn is me:
                self._give(target)
            self._struck(me, error)
        else:
            self._park(me)

    def _park(self, me: Participant) -> None:
        """Wait for the turn, in a thread that has given it up."""
        try:
            if me.started or me is self._owner:
                acquire(me)
                return
            watch = None  # the thread is from outside
            while not me.wake.acquire(True, Watch.SECONDS):
                watch = watch or Watch(me)
                watch.look(self._turn, raises=False)
        except BaseException as error:  # a signal handler's
            self._struck(me, error)

    def _struck(self, me: Participant, error: BaseException) -> None:
        """Wait for the turn; raise an exception where asyncio's one thread would."""
        strike: Handle | None = None
        while self._turn is not me:
            owns = me is self._owner
            if owns:
                self._interrupt_owner(error)
            elif strike is None:
                strike = Handle(self._strike, (me, error), self, IN_TASK)
                self._add_from_outside(strike)
            try:
                acquire(me)
            except BaseException as another:
                error = another
            else:
                break
        else:  # it came before the exception
            if not me.wake.locked():
                me.wake.acquire()
            if me is self._owner:
                self._fatal = error
            else:
                me.thrown = error
        if strike is not None and not me.struck:
            strike.cancel()  # the wait was over before
            me.thrown = error
        me.struck = False

    def _strike(self, me: Participant, error: BaseException) -> None:
        """Raise an exception in a wait."""
        if me.waiting and not me.resumed:
            self._forget_wait(me.task)
            me.thrown = error
            me.resumed = me.struck = True
            self._due = me

    def _interrupt_owner(self, error: BaseException) -> None:
        """From any thread: end `run_forever()` by an exception, as soon as possible."""
        current = self._current
        running = None if current is None else current._participant
        if running is not None and running is not self._owner:
            raise_in(running.ident, error)
        else:
            self._fatal = error
            self._add_from_outside(Handle(_nothing, (), self, IN_TASK))

    def _forget_wait(self, task: Any) -> None:
        waited, task._fut_waiter = task._fut_waiter, None
        if waited is not None:
            waited.remove_done_callback(task._wakeup)
        for handle in self._ready:
            if handle._callback in (task._wakeup, task._step):
                handle.cancel()

    def _add_from_outside(self, handle: Handle) -> None:
        self._ready.append(handle)
        self._nudge()

    # Sleeping.

    def _select(
        self, me: Participant, timeout: float | None
    ) -> Iterable[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            self._rounds += 1
            if self._watched or self._rounds > ROUNDS_BEFORE_SELECT:
                self._rounds = 0
                return self._selector.select(0)
            return ()
        return self._sleep(me, timeout)

    def _sleep(
        self, me: Participant, timeout: float | None
    ) -> Iterable[tuple[selectors.SelectorKey, int]]:
        """Sleep in select() without the turn; return with it."""
        try:
            with self._mutex:
                if self._ready:
                    timeout = 0
                self._changed = False
                self._sleeper = me
                self._turn = None
            self._settle()
            return self._selector.select(timeout)
        finally:
            self._awake(me)

    def _awake(self, me: Participant) -> None:
        """Take the turn back, or wait for it if another has it meanwhile."""
        with self._mutex:
            slept = self._sleeper is me
            mine = self._turn is None or not slept
            if mine:
                self._turn = me
            else:
                self._returning = me  # before the next line: see _give()
            if slept:
                self._sleeper = None
        self._settle()
        if not mine:
            self._park(me)

    # From outside.

    def _nudge(self) -> None:
        # It may be called by a signal handler or a finalizer while this very thread has
        # the mutex, so it does not wait for it: its holder looks when it gives it up.
        self._nudged = True
        while self._nudged and self._mutex.acquire(False):
            try:
                self._nudged = False
                appoint = False
                if self._sleeper is not None:
                    self._wake()
                elif self._turn is None and self._owner is None and self._is_home:
                    appoint = not self._closed
                    if appoint:
                        self._turn = NOBODY
            finally:
                self._mutex.release()
            if appoint:
                self._appoint()

    def _settle(self) -> None:
        if self._nudged:
            self._nudge()

    def _appoint(self) -> None:
        """Give the turn to a worker that drives the loop."""
        raise NotImplementedError


def acquire(me: Participant, timeout: float = -1) -> bool:
    """Wait until the turn is given to this thread; tell whether it was."""
    if me.hears_signals and timeout < 0:
        while not me.wake.acquire(True, SIGNAL_SECONDS):
            pass
        return True
    return me.wake.acquire(True, timeout)


def _nothing() -> None:
    pass


def raise_in(ident: int, error: BaseException) -> None:
    """Raise an exception of the same type in another thread."""
    import ctypes

    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(ident), ctypes.py_object(type(error))
    )
