"""Calls of libraries, deep stacks and many tasks over the turns runtime."""

from __future__ import annotations

from support.turns_process import (
    lines,
)


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
future = shared_loop().create_future()
shared_loop()._mutex = Collecting(shared_loop()._mutex)
say([nap() for _ in range(3)], shared_loop()._mutex.runs > 3)
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
