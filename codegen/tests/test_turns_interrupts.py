"""Ctrl-C in programs over the turns runtime."""

from __future__ import annotations

import pytest

from support.turns_process import (
    interrupted,
    lines,
    posix,
)

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
    while shared_loop()._turn is None: pass
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
    while not shared_loop()._ready: pass
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
