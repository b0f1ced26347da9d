"""Fork and exit of processes that run the turns runtime."""

from __future__ import annotations

import os

import pytest

from support.turns_process import (
    finish,
    lines,
    start,
)


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
shared_loop()
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
