"""Driving the loop: its rounds, run by the threads that wait.

The thread that waits drives the loop: it runs callbacks until its own wait is over, and
passes the turn to the thread of a task whose step has come. When nothing is ready it
sleeps for all, without the turn, so that a thread from outside can take it immediately.
"""

from __future__ import annotations

import concurrent.futures
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from .outside_threads import Admissions
from .thread_state import here
from .turn_threads import Participant

T = TypeVar("T")

FRAMES_TO_DRIVE = 60
"""Frames that a thread needs to drive the loop and run callbacks."""


class Rounds(Admissions):
    """A loop whose callbacks are run by threads that wait."""

    def __init__(self) -> None:
        super().__init__()
        self._inline: Any = None
        """The task whose body the owner's thread runs."""
        self._early: BaseException | None = None
        """What the owner raises when the main task has ended."""
        self._errand: Any = None
        """What a task wants done in the owner's thread."""

    def _advance(self, me: Participant) -> Participant | None:
        """Run what is next; return the thread that gets the turn, if not this one."""
        if (
            self._fatal is not None
            or self._errand is not None
            or (self._stopping and not self._todo and self._polled)
        ):
            owner = self._owner
            if owner is not None:
                if owner is not me:
                    return owner
                if self._errand is not None:
                    return self._run_errand()
                self._end_early()
        if not self._todo:
            return self._next_round(me)
        self._todo -= 1
        handle = self._ready.popleft()
        if handle._cancelled:
            return None
        handle._run()
        due = self._due
        if due is None:
            return None
        self._due = None
        if type(due) is Participant:
            return None if due is me else due
        try:
            return self._begin(me, due)
        finally:
            del due, handle  # the frames of an exception would keep the task

    def _next_round(self, me: Participant) -> Participant | None:
        if self._returning is not None:
            with self._mutex:
                returning, self._returning = self._returning, None
            self._settle()
            if returning is not None:
                return returning
        if self._sleeper is not None:
            if self._ready:
                self._poll(me, sleep=False)
                return None
            return self._let_sleeper(me)
        self._poll(me)
        if self._signalled:
            self._signalled = False
            if self._owner is not None and self._owner is not me:
                return self._owner  # only the main thread runs signal handlers
        return None

    def _let_sleeper(self, me: Participant) -> Participant | None:
        """Leave the driving to who sleeps in select() already."""
        given_up = False
        try:
            with self._mutex:
                if self._sleeper is not None:
                    self._turn = None
                    given_up = True
                    if self._ready or self._changed:
                        self._wake()
            self._settle()
        except BaseException as error:  # a signal handler's
            if not given_up:
                raise
            self._struck(me, error)
        else:
            if given_up:
                self._park(me)
        return None

    def _begin(self, me: Participant, task: Any) -> Participant | None:
        """Run a task from its beginning, in this thread if it has no other to run."""
        try:
            if me.task is None and (me is not self._owner or task is self._inline):
                task._live(me)
                return None
            worker = self._worker()
            if worker is None:
                self._live_on_top(me, task)
            else:
                worker.begin = task
            return worker
        finally:
            del task

    def _live_on_top(self, me: Participant, task: Any) -> None:
        """Run a task on top of a wait, as no thread can be started."""
        top = Participant()
        top.ident = me.ident
        me.covered_by = top
        here.participant = top
        try:
            task._live(top)
        finally:
            here.participant = me
            me.covered_by = None
            del task

    def _wait(self, me: Participant) -> None:
        """Drive the loop until this thread's wait is over."""
        me.waiting = True
        if me.creator is not None:
            creator, me.creator = me.creator, None
            self._switch(me, creator)
        elif not me.resumed and (sys.exc_info()[1] is not None or is_deep()):
            # Callbacks would have the exception that is handled here as their context,
            # or too small a stack.
            self._let_worker(me)
        while not me.resumed:
            if self._closed:
                raise RuntimeError("Event loop is closed")
            try:
                target = self._advance(me)
            except BaseException as error:
                target = self._failed(me, error)
            if target is not None:
                self._switch(me, target)
        me.resumed = me.waiting = False

    def _let_worker(self, me: Participant) -> None:
        """Leave the driving to another thread."""
        worker = self._worker()
        if worker is not None:
            self._switch(me, worker)

    def _failed(self, me: Participant, error: BaseException) -> Participant | None:
        """Pass on what a callback, or select(), raised in this thread's wait."""
        owner = self._owner
        if owner is not None:
            self._fatal = error
            return None if owner is me else owner
        main = me.ident == threading.main_thread().ident
        if main and me.task is not None and isinstance(error, KeyboardInterrupt):
            self._forget_wait(me.task)
            me.thrown = error
            me.resumed = True
            return None
        self.call_exception_handler(
            {"message": "Exception in a callback", "exception": error}
        )
        return None

    def _end_early(self) -> None:
        """End the main task, whose body is on the stack of `run_forever()`."""
        error, self._fatal = self._fatal, None
        self._stopping = False
        if error is None:
            error = RuntimeError("Event loop stopped before Future completed.")
        again, self._early = self._early is not None, error
        try:
            if not again:
                for task in list(self._tasks):
                    task._cancel_task(None)
        except RecursionError as refused:  # tasks that wait for each other
            self._early, again = refused, True
        if again:
            self._drop_inline()

    def _drop_inline(self) -> None:
        """End the main task although it does not end when it is cancelled."""
        self._stopping = True
        owner = self._owner
        if owner is not None and owner.task is not None:
            self._forget_wait(owner.task)
            owner.task._leave_pending()
            owner.thrown = GeneratorExit()
            owner.resumed = True

    def _in_owner(self, function: Callable[..., T], *args: Any) -> T:
        """Call a function in the thread that runs the loop: only it may."""
        me = here.participant
        owner = self._owner
        if me is None or owner is None or owner is me or here.loop is not self:
            return function(*args)
        outcome: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._errand = me, outcome, function, args
        self._switch(me, owner)
        return outcome.result()

    def _run_errand(self) -> Participant:
        asks, outcome, function, args = self._errand
        self._errand = None
        try:
            outcome.set_result(function(*args))
        except BaseException as error:
            outcome.set_exception(error)
        return asks  # type: ignore[no-any-return]

    def _worker(self) -> Participant | None:
        """Return a parked thread that can run a task or drive, or `None`."""
        raise NotImplementedError


def is_deep() -> bool:
    """Return whether the stack has no room for the loop's own frames and callbacks."""
    try:
        sys._getframe(sys.getrecursionlimit() - FRAMES_TO_DRIVE)
    except ValueError:
        return False
    return True
