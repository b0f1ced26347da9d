"""Plain functions that have the turn of the runtime, and wait."""

from __future__ import annotations

import pytest

from support.turns_process import (
    lines,
)

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
    "the shared loop": "lambda: shared_loop().run_until_complete(later(child))",
    "the shared loop's task": (
        "lambda: run_coroutine_threadsafe(later(child), shared_loop()).result()"
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
