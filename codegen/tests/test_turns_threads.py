"""Threads that call into the turns runtime from outside."""

from __future__ import annotations

from support.turns_process import (
    lines,
)


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
        shared_loop().call_soon_threadsafe(queue.put_nowait, 1)
shared_loop()
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


def test_executor_wakes_the_shared_loop_that_nobody_drives() -> None:
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
while shared_loop()._ready or shared_loop()._turn is not None: time.sleep(0.001)
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
