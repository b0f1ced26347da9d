"""Threads from outside: how they take the turn of a loop, and give it up.

A thread that finds the turn taken waits for it at its place in the ready queue.
"""

from __future__ import annotations

import _thread

from .deadlocks import Watch
from .handles import IN_TASK, Handle
from .interrupts import defer
from .shared_loop import shared
from .switching import Switching, acquire
from .turn_threads import Participant


class Admission(Handle):
    """A thread from outside is to have the turn."""

    __slots__ = ("admitted", "participant", "withdrawn")

    def __init__(self, loop: Admissions, participant: Participant) -> None:
        super().__init__(loop._admit, (self,), loop, IN_TASK)
        self.participant = participant
        self.admitted = False
        self.withdrawn = False


class Admissions(Switching):
    """A loop that threads from outside enter and leave."""

    def _enter(self, me: Participant, timeout: float = -1) -> bool:
        """Wait for the turn, in a thread that has not got it; tell whether it has."""
        me.ident = me.ident or _thread.get_ident()
        try:
            with self._mutex:
                mine = self._turn is None
                if mine:
                    self._turn = me
            if self._nudged:
                self._nudge()
        except BaseException:  # a signal handler's
            if self._turn is me:
                self._leave(me, stays=True)
            raise
        return mine or self._queue(me, timeout)

    def _queue(self, me: Participant, timeout: float) -> bool:
        """Wait for the turn that another has."""
        deferral = defer()
        admission = Admission(self, me)
        try:
            with self._mutex:
                mine = self._turn is None
                if mine:
                    self._turn = me
                else:
                    self._ready.append(admission)
                    if self._sleeper is not None:
                        self._wake()
            self._settle()
            if mine:
                entered = True
            else:
                if deferral is not None:
                    deferral.interruptible = True
                    if deferral.pending:
                        raise KeyboardInterrupt
                me.hears_signals = deferral is not None
                entered = self._acquire(me, timeout)
                if deferral is not None:
                    deferral.interruptible = False
                entered = entered or not self._withdraw(admission)
        except BaseException:  # a signal handler's
            if deferral is not None:
                deferral.interruptible = deferral.pending = False
            if self._turn is me or not self._withdraw(admission):
                self._leave(me, stays=True)
            if deferral is not None:
                deferral.end()
            raise
        if deferral is not None and deferral.end():
            if entered:
                self._leave(me, stays=True)
            raise KeyboardInterrupt
        return entered

    def _acquire(self, me: Participant, timeout: float) -> bool:
        """Wait for the turn; RuntimeError if its holder waits for this thread."""
        if timeout >= 0:
            return acquire(me, timeout)
        if me.wake.acquire(True, Watch.SECONDS):
            return True
        watch = Watch(me)
        while True:
            watch.look(self._turn)
            if me.wake.acquire(True, Watch.SECONDS):
                return True

    def _withdraw(self, admission: Admission) -> bool:
        """Give up waiting for the turn; return false if it has come."""
        with self._mutex:
            admission.withdrawn = not admission.admitted
        self._settle()
        me = admission.participant
        if admission.admitted and (self._turn is not me or not me.wake.locked()):
            me.wake.acquire()
        return admission.withdrawn

    def _enter_again(self, me: Participant) -> BaseException | None:
        """Wait for the turn, whatever signal handlers raise; return that."""
        raised: BaseException | None = None
        while True:
            try:
                self._enter(me)
                return raised
            except BaseException as error:
                raised = error

    def _admit(self, admission: Admission) -> None:
        with self._mutex:
            if not admission.withdrawn:
                admission.admitted = True
                self._due = admission.participant
        self._settle()

    def _is_visitor(self, participant: Participant) -> bool:
        """Return whether a thread came from outside, and its own code runs."""
        return (
            participant.task is None
            and not participant.started
            and participant is not self._owner
            and self._is_home
        )

    def _may_leave(self, me: Participant) -> bool:
        """Return whether others can go on, as in no callback and no eager start."""
        if me.task is None:
            return self._is_home and not me.started
        return self._current is me.task and me.creator is None

    def _leave(self, me: Participant, stays: bool = False) -> None:
        """Give the turn up, for good or, if the thread stays, for a while."""
        if self._abandoned:  # by a fork in between
            return
        if me.task is None and not self._ready and self._leave_at_once(me):
            return
        deferral = defer()
        try:
            if not stays and me.task is not None:
                me.task._end_visit()
            self._pass_on(me)
        finally:
            if deferral is not None and deferral.end():
                raise KeyboardInterrupt

    def _leave_at_once(self, me: Participant) -> bool:
        """Give the turn up, if no thread is next."""
        with self._mutex:
            if self._ready or self._returning is not None:
                left = False
            elif self._sleeper is not None:
                left = not self._changed
            else:
                left = shared.loop is self and not (self._scheduled or self._watched)
            if left:
                self._turn = None
        if self._nudged:
            self._nudge()
        return left

    def _pass_on(self, me: Participant) -> None:
        """Give the turn to the thread that is next."""
        target: Participant | None = None
        appoint = False
        with self._mutex:
            if self._returning is not None:
                target, self._returning = self._returning, None
            elif self._sleeper is not None:
                self._turn = None
                if self._ready or self._changed:
                    self._wake()
            elif self._ready and type(self._ready[0]) is Admission:
                target = self._admit_first()
            if target is None and self._sleeper is None:
                if self._nothing_left() and self._is_home:
                    self._turn = None
                else:
                    appoint = True
        if target is not None:
            self._give(target)
        elif appoint:
            self._appoint()
        self._settle()

    def _admit_first(self) -> Participant | None:
        """With the mutex: take the head of the ready queue."""
        admission = self._ready.popleft()
        if self._todo:
            self._todo -= 1
        assert isinstance(admission, Admission)
        if admission.withdrawn:
            return None
        admission.admitted = True
        return admission.participant
