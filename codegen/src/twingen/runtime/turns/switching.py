"""Passing the turn on.

The thread that waits drives the loop: it runs callbacks until its own wait is over, and
passes the turn to the thread of a task whose step has come. When nothing is ready it
sleeps for all, without the turn, so that a thread from outside can take it at once.

Everything of a loop is touched by the thread that has its turn. From outside there is
only the end of the ready queue, and, under the mutex, who has the turn next.
"""

from __future__ import annotations

import _thread
import concurrent.futures
import selectors
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from .deadlocks import Watch
from .handles import IN_TASK, Handle
from .home_loop import homes
from .interrupts import defer
from .participants import Participant, idents, trace_as_told
from .scheduling import Scheduling
from .thread_state import here

T = TypeVar("T")

MOST_IDLE = 64
"""How many workers without a task are kept."""

STACK_SIZE = 4 << 20
"""Of the threads of tasks, unless the program has chosen a size.

Half of the usual 8 MiB: with 1 MiB, and on Python 3.13 with 2 MiB, a recursion through
functions in C overflows it before Python raises `RecursionError`.
"""

ROUNDS_BEFORE_SELECT = 61
"""Rounds after which descriptors are looked at although callbacks are ready."""

SIGNAL_SECONDS = 1.0
"""How long a signal may be overlooked that comes as the main thread begins to wait."""

FRAMES_TO_DRIVE = 60
"""Frames that a thread needs to drive the loop and run callbacks."""


NOBODY = Participant()
"""Has the turn while it is decided who has it next."""


class Admission(Handle):
    """A thread from outside is to have the turn."""

    __slots__ = ("admitted", "participant", "withdrawn")

    def __init__(self, loop: Switching, participant: Participant) -> None:
        super().__init__(loop._admit, (self,), loop, IN_TASK)
        self.participant = participant
        self.admitted = False
        self.withdrawn = False


class Switching(Scheduling):
    """A loop whose threads take turns."""

    def __init__(self) -> None:
        super().__init__()
        self._mutex = threading.Lock()
        self._nudged = False
        """Somebody added something and could not take the mutex: who has it looks."""
        self._turn: Participant | None = None
        """Who has the turn."""
        self._sleeper: Participant | None = None
        """Who sleeps in select(), without the turn."""
        self._returning: Participant | None = None
        """The sleeper who is awake while another has the turn."""
        self._idle: list[Participant] = []
        self._owner: Participant | None = None
        """The thread in `run_forever()`."""
        self._inline: Any = None
        """The task whose body the owner's thread runs."""
        self._due: Any = None
        """Who goes on by the step just run: a participant, or a task that begins."""
        self._current: Any = None
        """The task that runs."""
        self._tasks: set[Any] = set()
        self._fatal: BaseException | None = None
        """What the owner is to raise."""
        self._early: BaseException | None = None
        """What it raises when the main task has ended."""
        self._errand: Any = None
        """What a task wants done in the owner's thread."""
        self._rounds = 0
        self._abandoned = False

    @property
    def _is_home(self) -> bool:
        return homes.loop is self

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

    # Driving.

    def _advance(self, me: Participant) -> Participant | None:
        """Run what is next; return who is to have the turn, if not this thread."""
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
        # the mutex, so it does not wait for it: who has it looks when it gives it up.
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
        worker = self._worker()
        if worker is not None:
            self._give(worker)
            return
        with self._mutex:  # the next thread that enters drives it
            self._turn = None

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
        """Wait for the turn; RuntimeError if who has it waits for this thread."""
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
        """Tell whether a thread came from outside, and its own code runs."""
        return (
            participant.task is None
            and not participant.started
            and participant is not self._owner
            and self._is_home
        )

    def _may_leave(self, me: Participant) -> bool:
        """Tell whether others can go on: this is no callback, nor an eager start."""
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
        """Give the turn up, if nobody is to have it."""
        with self._mutex:
            if self._ready or self._returning is not None:
                left = False
            elif self._sleeper is not None:
                left = not self._changed
            else:
                left = homes.loop is self and not (self._scheduled or self._watched)
            if left:
                self._turn = None
        if self._nudged:
            self._nudge()
        return left

    def _pass_on(self, me: Participant) -> None:
        """Give the turn to who is to have it next."""
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
        """With the mutex: take who waits at the head of the ready queue."""
        admission = self._ready.popleft()
        if self._todo:
            self._todo -= 1
        assert isinstance(admission, Admission)
        if admission.withdrawn:
            return None
        admission.admitted = True
        return admission.participant

    # Workers.

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


def acquire(me: Participant, timeout: float = -1) -> bool:
    """Wait until the turn is given to this thread; tell whether it was."""
    if me.hears_signals and timeout < 0:
        while not me.wake.acquire(True, SIGNAL_SECONDS):
            pass
        return True
    return me.wake.acquire(True, timeout)


def _nothing() -> None:
    pass


def is_deep() -> bool:
    """Tell whether the stack has no room for the loop's own frames and callbacks."""
    try:
        sys._getframe(sys.getrecursionlimit() - FRAMES_TO_DRIVE)
    except ValueError:
        return False
    return True


def raise_in(ident: int, error: BaseException) -> None:
    """Raise an exception of the same type in another thread."""
    import ctypes

    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(ident), ctypes.py_object(type(error))
    )


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
