"""What threads and signals may do to the turns runtime.

Each case is a process of its own. It waits for what is to happen, not for a time; only
what must not hang has a limit.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"

LIMIT = 60
"""Seconds that a case may take on a busy machine."""

PRELUDE = """
import _thread, os, signal, sys, threading, time
from twingen.runtime.turns.calls import await_, awaited, later
from twingen.runtime.turns.events import get_running_loop
from twingen.runtime.turns.home_loop import home
from twingen.runtime.turns.blocking_calls import blocking
from twingen.runtime.turns.entry_points import entry, guarded
from twingen.runtime.turns.exceptions import CancelledError
from twingen.runtime.turns.executors import to_thread
from twingen.runtime.turns.generators import generator
from twingen.runtime.turns.locks import Event, Lock
from twingen.runtime.turns.function_kinds import coroutine
from twingen.runtime.turns.queues import Queue
from twingen.runtime.turns.runners import run
from twingen.runtime.turns.task_creation import create_task
from twingen.runtime.turns.task_groups import TaskGroup
from twingen.runtime.turns.tasks import all_tasks, current_task
from twingen.runtime.turns.waiting import gather, sleep, wait, wait_for
from twingen.runtime.turns import event_loop, workers

# It is ignored where the tests run in the background of a shell.
signal.signal(signal.SIGINT, signal.default_int_handler)

def say(*words):
    print(*words, flush=True)
"""


def start(program: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", PRELUDE + program],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[list[str], str, int]:
    try:
        out, err = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        pytest.fail(f"it hangs\n{out}\n{err}")
    return out.splitlines(), err, process.returncode


def lines(program: str) -> list[str]:
    """Return what a program prints, which must end well."""
    out, err, code = finish(start(program))
    assert code == 0, err
    assert "Traceback" not in err, err
    return out


def interrupted(program: str, times: int = 1) -> tuple[list[str], str, int]:
    """Interrupt a program each time it says so; return the rest of what it prints."""
    process = start(program)
    assert process.stdout is not None
    limit = threading.Timer(LIMIT, process.kill)
    limit.start()
    said = []
    for _ in range(times):
        while (line := process.stdout.readline().strip()) != "now":
            if not line:
                limit.cancel()
                pytest.fail(f"it ended\n{finish(process)}")
            said.append(line)
        process.send_signal(signal.SIGINT)
    limit.cancel()
    out, err, code = finish(process)
    return said + out, err, code


posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


# Ctrl-C.

IN_RUN = {
    "main sleeps in select()": """
        say("now"); sleep(1000)
    """,
    "main is parked while another sleeps in select()": """
        t = create_task(later(other)); sleep(0)
        get_running_loop().call_later(0.05, say, "now"); await_(t)
    """,
    "main is parked while another computes": """
        t = create_task(later(busy)); await_(t)
    """,
    "main computes": """
        say("now")
        while not pending(): pass
        sleep(1000)
    """,
    "main computes and never waits again": """
        say("now")
        while not pending(): pass
    """,
    "main waits for a foreign call": """
        say("now"); blocking(pause)
    """,
    "main waits for the executor": """
        say("now"); to_thread(pause)
    """,
}


@posix
@pytest.mark.parametrize("state", IN_RUN)
def test_first_interrupt_cancels_main(state: str) -> None:
    out, err, code = interrupted(f"""
handled = threading.Event()
def pending():
    return handled.is_set()
def pause():
    while not handled.is_set(): time.sleep(0.01)
@coroutine
def other():
    sleep(1000)
@coroutine
def busy():
    say("now")
    while not pending(): pass
    sleep(1000)
@coroutine
def main():
    handler = signal.getsignal(signal.SIGINT)
    def noting(*args):
        try: handler(*args)
        finally: handled.set()
    signal.signal(signal.SIGINT, noting)
    try:
{IN_RUN[state]}
    except CancelledError:
        say("cancelled")
        raise
    finally:
        signal.signal(signal.SIGINT, handler)
try:
    run(later(main))
except KeyboardInterrupt:
    say("KeyboardInterrupt")
say("threads", len([t for t in threading.enumerate() if "Dummy" not in repr(t)]))
""")
    assert code == 0, err
    never_waits = state == "main computes and never waits again"
    assert out == ["cancelled"] * (not never_waits) + [
        "KeyboardInterrupt",
        "threads 1",
    ], err


@posix
def test_second_interrupt_strikes_a_task_that_computes() -> None:
    out, err, code = interrupted(
        """
seen = threading.Event()
@coroutine
def busy():
    say("now")
    while not seen.is_set(): pass
    say("now")
    while True: pass
@coroutine
def main():
    handler = signal.getsignal(signal.SIGINT)
    def noting(*args):
        try: handler(*args)
        finally: seen.set()
    signal.signal(signal.SIGINT, noting)
    try:
        await_(create_task(later(busy)))
    finally:
        say("cleanup")
try:
    run(later(main))
except KeyboardInterrupt:
    say("KeyboardInterrupt")
""",
        times=2,
    )
    assert (out, code) == (["cleanup", "KeyboardInterrupt"], 0), err


SECOND = {
    "main sleeps in select()": 'say("now"); sleep(1000)',
    "another sleeps in select()": """t = create_task(later(other)); sleep(0)
        get_running_loop().call_soon(say, "now"); event.wait()""",
}


@posix
@pytest.mark.parametrize("state", SECOND)
def test_second_interrupt_while_main_cleans_up(state: str) -> None:
    out, err, code = interrupted(
        f"""
event = Event()
@coroutine
def other():
    try: sleep(1000)
    finally: say("other ends")
@coroutine
def main():
    try:
        say("now"); sleep(1000)
    except CancelledError:
        {SECOND[state]}
    finally:
        say("main ends")
try:
    run(later(main))
except KeyboardInterrupt:
    say("KeyboardInterrupt")
""",
        times=2,
    )
    others = ["other ends"] if "another" in state else []
    assert sorted(out) == ["KeyboardInterrupt", "main ends", *others], err
    assert out[-1] == "KeyboardInterrupt"
    assert code == 0, err


AT_HOME = {
    "sleeps in select()": 'say("now"); sleep(1000)',
    "is parked while another sleeps": """
        keep.append(create_task(later(other))); sleep(0)
        get_running_loop().call_later(0.05, say, "now"); sleep(1000)""",
    "computes": """
        say("now")
        while True: pass""",
    "waits for the turn": """
        pass
    say("in")
    def hold():
        say("now")
        while not stop.is_set(): time.sleep(0.01)
    started = threading.Thread(target=entry(hold)); started.start()
    while home()._turn is None: pass
    try:
        entry(lambda: sleep(0))()
    finally:
        stop.set()""",
}


@posix
@pytest.mark.parametrize("state", AT_HOME)
def test_interrupt_of_a_users_thread_that(state: str) -> None:
    out, err, code = interrupted(
        f"""
keep = []; stop = threading.Event()
@coroutine
def other():
    sleep(1000)
@entry
def user():
        {AT_HOME[state]}
def call():
    user()
    raise SystemExit("not interrupted")
try:
    call()
except KeyboardInterrupt:
    say("KeyboardInterrupt")
@entry
def after():
    sleep(0.001); return 42
say(after())
"""
        if state != "waits for the turn"
        else """
stop = threading.Event(); held = threading.Event()
def hold():
    held.set()
    while not stop.is_set(): time.sleep(0.01)
thread = threading.Thread(target=entry(hold)); thread.start(); held.wait()
def soon():
    while not home()._ready: pass
    say("now")
threading.Thread(target=soon).start()
try:
    entry(lambda: 1)()
except KeyboardInterrupt:
    say("KeyboardInterrupt")
stop.set(); thread.join()
@entry
def after():
    sleep(0.001); return 42
say(after())
"""
    )
    assert (out, code) == (["KeyboardInterrupt", "42"], 0), err


@posix
def test_no_interrupt_loses_the_turn() -> None:
    assert lines("""
import random
keep = []; seen = []; armed = threading.Event()
@coroutine
def other():
    while True:
        sleep(0); seen.append(1)
@entry
def begin():
    keep.append(create_task(later(other)))
@entry
def nap():
    sleep(0.0005); return 7
@entry
def quick():
    return 8
def strike():
    main = threading.main_thread().ident
    while True:
        armed.wait(); armed.clear()
        time.sleep(random.random() / 500)
        signal.pthread_kill(main, signal.SIGINT)
# Python drops what a handler raises in a finalizer: that one does not count.
sys.unraisablehook = lambda dropped: armed.set()
threading.Thread(target=strike, daemon=True).start()
begin()
struck = 0
for _ in range(100):
    try:
        armed.set()
        while True: nap(); quick()
    except KeyboardInterrupt:
        struck += 1
seen.clear()
while not seen: time.sleep(0.001)
say(struck, nap(), quick())
""") == ["100 7 8"]


@posix
def test_interrupt_main_called_by_a_task() -> None:
    assert lines("""
@coroutine
def other():
    sleep(0); _thread.interrupt_main(); sleep(1000)
@coroutine
def main():
    try: await_(create_task(later(other)))
    except CancelledError: say("cancelled"); raise
try: run(later(main))
except KeyboardInterrupt: say("KeyboardInterrupt")
""") == ["cancelled", "KeyboardInterrupt"]


@posix
def test_signal_handler_added_by_a_task() -> None:
    assert lines("""
@coroutine
def main():
    got = Event()
    @coroutine
    def add():
        get_running_loop().add_signal_handler(signal.SIGUSR1, got.set)
        say(threading.current_thread() is threading.main_thread())
    await_(create_task(later(add)))
    os.kill(os.getpid(), signal.SIGUSR1)
    got.wait()
    say(get_running_loop().remove_signal_handler(signal.SIGUSR1))
run(later(main))
""") == ["False", "True"]


# Fork and exit.


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork()")
def test_fork() -> None:
    assert lines("""
keep = []; seen = []
@coroutine
def other():
    while True:
        sleep(0.001); seen.append(1)
@entry
def begin():
    keep.append(create_task(later(other)))
@entry
def nap():
    sleep(0.001); return 7
@coroutine
def main():
    return await_(gather(later(nap), create_task(later(nap))))
begin()
while not seen: time.sleep(0.001)
child = os.fork()
if child == 0:
    say("child", nap(), run(later(main)))
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
seen.clear()
while not seen: time.sleep(0.001)
say("parent", nap(), run(later(main)))
""") == ["child 7 [7, 7]", "parent 7 [7, 7]"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork()")
def test_fork_in_a_task() -> None:
    assert lines("""
@coroutine
def nap():
    sleep(0); return 7
@coroutine
def forks():
    child = os.fork()
    if child == 0:
        try: get_running_loop().create_future()
        finally: say("child", run(later(nap))); os._exit(0)
    await_(to_thread(os.waitpid, child, 0)) if False else os.waitpid(child, 0)
    sleep(0); return "parent"
@coroutine
def main():
    return await_(create_task(later(forks)))
say(run(later(main)))
""") == ["child 7", "parent"]


def test_exit_lets_tasks_clean_up() -> None:
    assert lines("""
keep = []
@coroutine
def other():
    try: sleep(1000)
    finally:
        sleep(0.001); say("cleaned up")
@entry
def begin():
    keep.append(create_task(later(other))); sleep(0)
begin()
say("end")
""") == ["end", "cleaned up"]


def test_exit_closes_generators() -> None:
    assert lines("""
keep = []
@generator
def numbers():
    try:
        yield 1
        yield 2
    finally: say("closed")
keep.append(numbers())
say(next(keep[0]))
""") == ["1", "closed"]


@pytest.mark.parametrize(
    "body",
    [
        "while True:\n        try: sleep(1000)\n        except CancelledError: pass",
        "while True: time.sleep(1000)",
        "threading.Lock().acquire(); blocking(time.sleep, 1000)",
    ],
    ids=["catches its cancellation", "blocks with the turn", "blocks without the turn"],
)
def test_exit_does_not_hang_by_a_task_that(body: str) -> None:
    assert lines(f"""
event_loop.EXIT_SECONDS = 0.2
begun = threading.Event()
keep = []
@coroutine
def other():
    begun.set()
    {body}
@guarded
def begin():
    keep.append(create_task(later(other)))
home()
begin(); begun.wait()
say("end")
""") == ["end"]


def test_exit_while_other_threads_call_in() -> None:
    assert lines("""
@entry
def nap():
    sleep(0.001); return 7
@coroutine
def child():
    sleep(0); return 1
@entry
def with_tasks():
    return sum(await_(gather(*[create_task(later(child)) for _ in range(3)])))
def user():
    threading.main_thread().join()
    say(nap(), with_tasks())
nap()
threading.Thread(target=user).start()
""") == ["7 3"]


def test_system_exit_of_a_task_ends_run() -> None:
    process = start("""
@coroutine
def other():
    sleep(0); raise SystemExit(3)
@coroutine
def main():
    t = create_task(later(other))
    try: sleep(1000)
    except CancelledError: say("cancelled"); raise
run(later(main))
""")
    out, err, code = finish(process)
    assert (out, code) == (["cancelled"], 3), err


def test_keyboard_interrupt_of_a_callback_ends_run() -> None:
    assert lines("""
def strike():
    raise KeyboardInterrupt
@coroutine
def other():
    sleep(1000)
@coroutine
def main():
    t = create_task(later(other)); sleep(0)
    get_running_loop().call_soon(strike)
    try: await_(t)
    except CancelledError: say("cancelled"); raise
try: run(later(main))
except KeyboardInterrupt: say("KeyboardInterrupt")
""") == ["cancelled", "KeyboardInterrupt"]


def test_loop_stopped_in_run() -> None:
    assert lines("""
@coroutine
def main():
    get_running_loop().stop()
    try: sleep(1000)
    except CancelledError: say("cancelled"); raise
try: run(later(main))
except RuntimeError as error: say(error)
""") == ["cancelled", "Event loop stopped before Future completed."]


# Threads that call in.


def test_eight_threads_call_in() -> None:
    assert lines("""
state = {"n": 0, "background": 0}
@coroutine
def background():
    while True:
        sleep(0); state["background"] += 1
@entry
def begin():
    state["lock"] = Lock(); state["task"] = create_task(later(background))
@entry
def work():
    for _ in range(5):
        with state["lock"]:
            n = state["n"]
            sleep(0)
            state["n"] = n + 1
begin()
def user():
    for _ in range(5): work()
threads = [threading.Thread(target=user) for _ in range(8)]
for t in threads: t.start()
for t in threads: t.join()
say(state["n"], state["background"] > 0)
""") == ["200 True"]


def test_what_is_done_between_waits_is_not_interrupted() -> None:
    assert lines("""
sys.setswitchinterval(1e-5)
state = {"n": 0}
@entry
def work():
    for _ in range(200):
        n = state["n"]
        for _ in range(20): pass
        state["n"] = n + 1
def user():
    for _ in range(10): work()
threads = [threading.Thread(target=user) for _ in range(8)]
for t in threads: t.start()
for t in threads: t.join()
say(state["n"])
""") == ["16000"]


def test_no_wake_up_from_outside_is_lost() -> None:
    assert lines("""
sys.setswitchinterval(1e-5)
queue = Queue(); total = 8 * 300
@entry
def consume():
    return sum(queue.get() for _ in range(total))
def produce():
    for _ in range(150):
        queue.put_nowait(1)
        home().call_soon_threadsafe(queue.put_nowait, 1)
home()
threads = [threading.Thread(target=produce) for _ in range(8)]
for t in threads: t.start()
say(consume())
for t in threads: t.join()
""") == ["2400"]


def test_background_goes_on_while_the_user_is_outside() -> None:
    assert lines("""
seen = []; keep = []
@coroutine
def background():
    while True:
        sleep(0.001); seen.append(1)
@entry
def begin():
    keep.append(create_task(later(background)))
begin()
while len(seen) < 5: time.sleep(0.001)
n = len(seen)
while len(seen) < n + 5: pass
say("both")
""") == ["both"]


def test_executor_wakes_the_home_loop_that_nobody_drives() -> None:
    assert lines("""
done = threading.Event(); keep = []
gate = threading.Event()
@coroutine
def background():
    to_thread(gate.wait); done.set()
@entry
def begin():
    keep.append(create_task(later(background)))
begin()
while home()._ready or home()._turn is not None: time.sleep(0.001)
gate.set(); done.wait(); say("done")
""") == ["done"]


def test_methods_called_without_the_turn() -> None:
    assert lines("""
keep = {}
@coroutine
def waits():
    try: sleep(1000)
    except CancelledError: say("cancelled")
@entry
def begin():
    keep["future"] = get_running_loop().create_future()
    keep["event"] = Event(); keep["queue"] = Queue()
@entry
def take(name):
    x = keep[name]
    return await_(x) if name == "future" else x.get() if name == "queue" else x.wait()
begin()
task = create_task(later(waits))
def user(name):
    say(name, take(name))
for name in "future", "event", "queue":
    thread = threading.Thread(target=user, args=(name,)); thread.start()
    {
        "future": lambda: keep["future"].set_result(1),
        "event": lambda: keep["event"].set(),
        "queue": lambda: keep["queue"].put_nowait(3),
    }[name]()
    thread.join()
task.cancel()
say(await_(task))
""") == ["future 1", "event True", "queue 3", "cancelled", "None"]


def test_eight_loops_in_eight_threads() -> None:
    assert lines("""
@coroutine
def child(i):
    for _ in range(20): sleep(0)
    return i
@coroutine
def main():
    return sum(await_(gather(*[later(child, i) for i in range(5)])))
before = _thread._count()
out = []
def user(): out.append(run(later(main)))
threads = [threading.Thread(target=user) for _ in range(8)]
for t in threads: t.start()
for t in threads: t.join()
say(out)
while _thread._count() > before: time.sleep(0.001)
say("no thread is left")
""") == [str([10] * 8), "no thread is left"]


# Foreign calls, deep stacks, many tasks.


def test_foreign_call_that_blocks_lets_others_run() -> None:
    assert lines("""
@coroutine
def main():
    gate = threading.Event()
    @coroutine
    def opens():
        sleep(0); gate.set()
    t = create_task(later(opens))
    say(blocking(gate.wait))
    await_(t)
run(later(main))
""") == ["True"]


def test_cancellation_strikes_when_the_foreign_call_returns() -> None:
    assert lines("""
@coroutine
def main():
    gate = threading.Event()
    @coroutine
    def blocks():
        try: blocking(gate.wait); say("not cancelled")
        except CancelledError: say("cancelled", gate.is_set()); raise
    t = create_task(later(blocks)); sleep(0)
    t.cancel(); sleep(0); say(t.done()); gate.set()
    try: await_(t)
    except CancelledError: say(t.cancelled())
run(later(main))
""") == ["False", "cancelled True", "True"]


def test_users_lock_that_a_task_waits_for_by_blocking() -> None:
    assert lines("""
lock = threading.Lock(); keep = []; seen = []
@coroutine
def background():
    while True:
        sleep(0.001)
        blocking(lock.acquire); lock.release(); seen.append(1)
@entry
def begin():
    keep.append(create_task(later(background)))
@entry
def nap():
    sleep(0.005)
begin()
for _ in range(20):
    with lock: nap()
while not seen: time.sleep(0.001)
say("no deadlock")
""") == ["no deadlock"]


def test_deep_recursion() -> None:
    assert lines("""
sys.setrecursionlimit(1000)
@coroutine
def deep(n):
    if n: return 1 + deep(n - 1)
    get_running_loop().call_soon(callback); sleep(0); sleep(0)
    return 0
def callback():
    say("callback")
@coroutine
def main():
    say(deep(900), await_(create_task(later(deep, 900))))
    @coroutine
    def endless(): return endless()
    try: endless()
    except RecursionError: say("RecursionError")
    try: await_(create_task(later(endless)))
    except RecursionError: say("RecursionError")
    sleep(0); say("goes on")
run(later(main))
""") == ["callback", "callback", "900 900"] + ["RecursionError"] * 2 + ["goes on"]


def test_recursion_through_calls_of_c_functions() -> None:
    assert lines("""
@coroutine
def deep(n):
    if n: return 1 + max([n - 1], key=lambda n: 0) * 0 + next(map(deep, [n - 1]))
    sleep(0); return 0
@coroutine
def main(): return await_(create_task(later(deep, 450)))
say(run(later(main)))
""") == ["450"]


def test_endless_recursion_through_functions_in_c() -> None:
    assert lines("""
import functools, re
class Shown:
    def __repr__(self): return "%r" % ([self],)
    def __lt__(self, other): return any(each < other for each in [self])
    def __getattr__(self, name): return getattr(self, name[:])
def by_key(n=0): return max([1, 2], key=lambda each: by_key(n + 1))
def by_partial():
    call = functools.partial(lambda: call()); call()
def by_match(match=None): return re.sub("a", by_match, "a")
def by_map(): return list(map(lambda each: by_map(), [1]))
def nested():
    made = []
    for _ in range(100_000): made = [made]
    repr(made)
@coroutine
def child():
    for each in (
        lambda: repr(Shown()), lambda: Shown() < Shown(), lambda: Shown().x,
        by_key, by_partial, by_match, by_map, nested,
    ):
        try: each()
        except RecursionError: say("RecursionError")
@coroutine
def main(): await_(create_task(later(child)))
run(later(main))
""") == ["RecursionError"] * 8


def test_tasks_that_never_wait_need_one_thread() -> None:
    assert lines("""
idents = set()
@coroutine
def child(): idents.add(_thread.get_ident())
@coroutine
def main():
    await_(gather(*[later(child) for _ in range(1000)]))
run(later(main)); say(len(idents))
""") == ["1"]


def test_thousand_tasks_that_wait() -> None:
    assert lines("""
@coroutine
def child(event): event.wait(); return 1
@coroutine
def main():
    event = Event()
    tasks = [create_task(later(child, event)) for _ in range(1000)]
    sleep(0); event.set()
    return sum(await_(gather(*tasks)))
before = _thread._count()
say(run(later(main)))
while _thread._count() > before: time.sleep(0.001)
say("no thread is left")
""") == ["1000", "no thread is left"]


def test_no_thread_can_be_started() -> None:
    assert lines("""
def refuse(*args):
    raise RuntimeError("can't start new thread")
@coroutine
def child(i, event):
    sleep(0); event.set(); sleep(0.001); return i
@coroutine
def main():
    event = Event()
    tasks = [create_task(later(child, i, event)) for i in range(5)]
    event.wait()
    return await_(gather(*tasks))
workers.start_thread = refuse
say(run(later(main)))
""") == ["[0, 1, 2, 3, 4]"]


def test_generators_left_by_other_threads_are_closed() -> None:
    assert lines("""
import gc
closed = []
@generator
def numbers():
    try:
        for i in range(10): sleep(0); yield i
    finally: closed.append(1)
def user():
    for _ in range(20):
        for i in numbers():
            if i == 1: break
        gc.collect()
threads = [threading.Thread(target=user) for _ in range(8)]
for t in threads: t.start()
for t in threads: t.join()
while len(closed) < 160: time.sleep(0.001)
say(len(closed))
""") == ["160"]


def test_finalizer_while_the_turn_is_passed_on() -> None:
    assert lines("""
class Collecting:
    # Python may collect garbage between any two instructions.
    def __init__(self, lock):
        self.lock = lock; self.runs = 0; self.busy = False
    def acquire(self, *args):
        return self.lock.acquire(*args)
    def release(self):
        self.lock.release()
    def __enter__(self):
        self.lock.acquire(); self.finalize()
    def __exit__(self, *error):
        self.finalize(); self.lock.release()
    def finalize(self):
        if not self.busy:
            self.busy = True
            self.runs += 1
            queue.put_nowait(1); future.cancel(); finalizer()
            self.busy = False
queue = Queue(); keep = []
@entry
def finalizer():
    return 1
@coroutine
def other():
    while True: sleep(0.001)
@entry
def begin():
    keep.append(create_task(later(other)))
@entry
def nap():
    sleep(0.001); return 7
begin()
future = home().create_future()
home()._mutex = Collecting(home()._mutex)
say([nap() for _ in range(3)], home()._mutex.runs > 3)
""") == ["[7, 7, 7] True"]


def test_unfinished_tasks_end_when_their_loop_is_closed() -> None:
    assert lines("""
import logging
logging.disable(logging.CRITICAL)
@coroutine
def child():
    try: sleep(1000)
    finally: say("finally")
loop = event_loop.EventLoop()
before = _thread._count()
task = loop.create_task(later(child))
loop.call_soon(loop.stop); loop.run_forever()
loop.close()
while _thread._count() > before: time.sleep(0.001)
say(task.done())
""") == ["finally", "False"]


# Imports.


IMPORTED = {
    "runs its loop": """
    run(later(main))
    """,
    "calls in": """
    begin = entry(main); begin()
    """,
    "calls in while a task imports it": """
    start()
    asking.wait()
    with suppress(ImportError): import nothing_of_this_name
    entry(lambda: sleep(0))()
    entry(lambda: await_(keep[0]))()
    """,
}


@pytest.mark.parametrize("how", IMPORTED)
def test_task_imports_the_module_whose_import(how: str, tmp_path: Path) -> None:
    body = textwrap.dedent(IMPORTED[how])
    (tmp_path / "early.py").write_text(f"""
from __main__ import *
from contextlib import suppress
early = 1; keep = []; asking = threading.Event()
@coroutine
def child():
    asking.set()
    import early
    from early import early as value
    import another
    say(value, another.value, hasattr(early, "late"))
@coroutine
def main():
    task = create_task(later(child)); sleep(0)
    import ctypes, colorsys  # in the thread that imports
    await_(task)
@entry
def start():
    keep.append(create_task(later(child)))
{body}
late = 2
""")
    (tmp_path / "another.py").write_text("import early; value = early.early")
    assert lines(f"""
sys.path.insert(0, {str(tmp_path)!r})
import early
say(early.late)
""") == ["1 1 False", "2"]


def test_other_threads_wait_for_an_import_that_runs_a_loop(tmp_path: Path) -> None:
    (tmp_path / "early.py").write_text("""
from __main__ import *
@coroutine
def child():
    started.set()
    import early
    while asking.is_set() is False: sleep(0.001)
    sleep(0.05)
@coroutine
def main():
    await_(create_task(later(child)))
run(later(main))
late = 2
""")
    assert lines(f"""
sys.path.insert(0, {str(tmp_path)!r})
started = threading.Event(); asking = threading.Event()
def user():
    started.wait(); asking.set()
    import early
    say(early.late)
thread = threading.Thread(target=user); thread.start()
import early
thread.join()
""") == ["2"]


# Plain functions that have the turn, and wait.

# A plain method of a class with coroutine functions, and a function of another module.
CLIENT = """
import asyncio, concurrent.futures, logging, threading
from twingen.runtime.turns.deadlocks import Watch
from twingen.runtime.turns.events import _get_running_loop
from twingen.runtime.turns.event_loop import EventLoop
from twingen.runtime.turns.runners import Runner
from twingen.runtime.turns.task_creation import run_coroutine_threadsafe
Watch.SECONDS = 0.05
Watch.SECONDS_UNTIL_WARNING = 0.2
keep = []
@coroutine
def child():
    sleep(0.001); return 7
@coroutine
def background():
    while True: sleep(0.001); keep.append(1)
@entry
def nap():
    sleep(0.001); return 42
@entry
def begin():
    create_task(later(background))
class Client:
    @guarded
    def call(self, helper):
        return helper()
begin()
"""
HELPERS = {
    "run()": "lambda: run(later(child))",
    "a runner": "runner",
    "a loop of its own": "own_loop",
    "the home loop": "lambda: home().run_until_complete(later(child))",
    "the home loop's task": (
        "lambda: run_coroutine_threadsafe(later(child), home()).result()"
    ),
}


@pytest.mark.parametrize("how", HELPERS)
def test_guarded_method_runs_a_loop_in_a_helper(how: str) -> None:
    assert lines(f"""
{CLIENT}
def runner():
    with Runner() as made:
        return made.run(later(child))
def own_loop():
    loop = EventLoop()
    try: return loop.run_until_complete(later(child))
    finally: loop.close()
def others():
    # Tasks go on meanwhile, and other threads may call in.
    value = helper()
    thread = threading.Thread(target=lambda: say(nap())); thread.start()
    @coroutine
    def wait(): sleep(0.001); blocking(thread.join)
    run(later(wait))
    return value
helper = {HELPERS[how]}
say(Client().call(helper), Client().call(others), nap())
""") == ["42", "7 7 42"]


WAITS = {
    "join": """
    thread = threading.Thread(target=user); thread.start(); thread.join()
    """,
    "result": """
    with concurrent.futures.ThreadPoolExecutor() as pool: pool.submit(user).result()
    """,
    "the end of an executor": """
    with concurrent.futures.ThreadPoolExecutor() as pool: pool.submit(user)
    """,
}


@pytest.mark.parametrize("how", WAITS)
def test_guarded_method_waits_for_a_thread_that_calls_in(how: str) -> None:
    assert lines(f"""
{CLIENT}
def user():
    try: say(nap())
    except RuntimeError as error: said.append(str(error))
said = []
def helper():
    {WAITS[how].strip()}
    return 1
say(Client().call(helper), nap())
say("waits for this thread, in <string>:" in said[0], "helper()" in said[0])
say("await asyncio.to_thread(...)" in said[0])
""") == ["1 42", "True True", "True"]


LOCKED = {
    "enters": "with lock: held.set(); wanted.wait(); nap()",
    "waits inside": "with lock: entry(lambda: (held.set(), sleep(0.05)))()",
}


@pytest.mark.parametrize("how", LOCKED)
def test_deadlock_by_a_users_lock_is_logged(how: str) -> None:
    assert lines(f"""
{CLIENT}
lock = threading.Lock(); held = threading.Event(); wanted = threading.Event()
class Tell(logging.Handler):
    def emit(self, record):
        text = record.getMessage()
        say("the task 'waits for the lock'" in text, "blocks()" in text, "user" in text)
        os._exit(0)
logging.getLogger("asyncio").addHandler(Tell())
@coroutine
def blocks():
    while not held.is_set(): sleep(0.001)
    wanted.set()
    lock.acquire()
@entry
def start():
    keep.append(create_task(later(blocks), name="waits for the lock"))
def use():
    {LOCKED[how]}
start()
threading.Thread(target=use, name="user").start()
""") == ["True True True"]


def test_wait_for_a_thread_with_a_timeout_is_no_deadlock() -> None:
    assert lines(f"""
{CLIENT}
logging.disable(logging.CRITICAL)
ready = threading.Event()
def helper():
    thread = threading.Thread(target=user); thread.start()
    ready.wait()
    thread.join(timeout=0.3)
    return thread
def user():
    ready.set(); say(nap())
thread = Client().call(helper)
thread.join()
say("joined")
""") == ["42", "joined"]
