# python: 3.11
# needs: anyio
# tasks: turns
"""Worker threads and portals of anyio."""

import contextvars
import threading
import time
from concurrent.futures import CancelledError

import anyio
from anyio import from_thread, to_thread
from anyio.from_thread import BlockingPortal, start_blocking_portal

var = contextvars.ContextVar("var", default=0)


async def add(x, y=1):
    await anyio.sleep(0)
    return x + y


async def example_worker():
    main = threading.get_ident()
    var.set(7)

    def work(value):
        return value, var.get(), threading.get_ident() == main

    return await to_thread.run_sync(work, 3)


async def example_failures():
    def fail():
        raise KeyError("in a thread")

    def stop():
        raise StopIteration

    for each in (fail, stop):
        try:
            await to_thread.run_sync(each)
        except (KeyError, RuntimeError) as error:
            print(repr(error), type(error.__cause__).__name__)
    return "done"


async def example_limited():
    def work():
        with lock:
            nonlocal now, most
            now += 1
            most = max(now, most)
        both.wait(60)
        with lock:
            now -= 1

    now = most = 0
    both = threading.Barrier(2)
    lock = threading.Lock()
    limiter = anyio.CapacityLimiter(2)
    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(lambda: to_thread.run_sync(work, limiter=limiter))
    return most, to_thread.current_default_thread_limiter().total_tokens


async def example_cancellation_waits():
    def work():
        while not scope.cancel_called:
            time.sleep(0.001)
        done.append(True)

    done = []
    with anyio.move_on_after(0.01) as scope:
        await to_thread.run_sync(work)
        print("returned")
        await anyio.sleep(0)
        print("not reached")
    return done, scope.cancelled_caught


async def example_abandoned():
    def work():
        event.wait(5)
        done.append(True)

    done = []
    event = threading.Event()
    with anyio.move_on_after(0.1) as scope:
        await to_thread.run_sync(work, abandon_on_cancel=True)
    print(done, scope.cancelled_caught)
    event.set()
    while not done:
        await anyio.sleep(0.001)
    return done


async def example_back_into_the_loop():
    main = threading.get_ident()

    def work():
        print(from_thread.run(add, 1, 2))
        print(from_thread.run_sync(threading.get_ident) == main)
        try:
            from_thread.run(fail)
        except ValueError as error:
            print(error)
        try:
            from_thread.run_sync(int, "x")
        except ValueError as error:
            print(error)
        from_thread.run_sync(event.set)
        return "worked"

    async def fail():
        raise ValueError("in the loop")

    event = anyio.Event()
    print(await to_thread.run_sync(work))
    await event.wait()
    return event.is_set()


async def example_check_cancelled():
    def work():
        for _ in range(500):
            time.sleep(0.005)
            from_thread.check_cancelled()

    with anyio.move_on_after(0.1) as scope:
        await to_thread.run_sync(work)
        print("not reached")
    print(scope.cancelled_caught)
    try:
        from_thread.check_cancelled()
    except RuntimeError as error:
        print(type(error).__name__)
    return "done"


async def example_cancelled_in_the_loop():
    def work():
        try:
            from_thread.run(anyio.sleep, 5)
        except CancelledError:
            print("cancelled")
            raise

    with anyio.move_on_after(0.1) as scope:
        try:
            await to_thread.run_sync(work)
        except CancelledError:
            print("told")
    return scope.cancel_called


async def example_no_worker():
    for each in (lambda: from_thread.run(add, 1), lambda: from_thread.run_sync(int)):
        try:
            each()
        except RuntimeError as error:
            print(type(error).__name__)
    return "done"


async def example_token():
    def work():
        done.append(from_thread.run(add, 1, token=token))
        done.append(from_thread.run_sync(int, "3", token=token))

    done = []
    token = anyio.lowlevel.current_token()
    thread = threading.Thread(target=work)
    thread.start()
    while len(done) < 2:
        await anyio.sleep(0.001)
    thread.join()
    return done, token == anyio.lowlevel.current_token()


async def example_portal():
    async with BlockingPortal() as portal:

        def work():
            results.append(portal.call(add, 2, 3))
            results.append(portal.call(len, "four"))
            future = portal.start_task_soon(anyio.sleep, 5)
            future.cancel()
            try:
                future.result()
            except CancelledError:
                results.append("cancelled")
            from_thread.run(portal.stop)

        results = []
        async with anyio.create_task_group() as group:
            group.start_soon(to_thread.run_sync, work)
            await portal.sleep_until_stopped()
    return results


class Manager:
    async def __aenter__(self):
        await anyio.sleep(0)
        print("entered")
        return "value"

    async def __aexit__(self, kind, error, tb):
        await anyio.sleep(0)
        print("left", repr(error))
        return True


def use_portal():
    async def serve(value, *, task_status):
        task_status.started(value)
        await anyio.sleep(0)
        return "served"

    async def fail():
        raise KeyError("portal")

    with start_blocking_portal() as portal:
        print(portal.call(add, 1))
        try:
            portal.call(fail)
        except KeyError as error:
            print(error)
        future, value = portal.start_task(serve, "ready")
        print(value, future.result())
        with portal.wrap_async_context_manager(Manager()) as entered:
            print(entered)
            raise ValueError("swallowed")
    try:
        portal.call(add, 1)
    except RuntimeError as error:
        print(error)


async def example_portal_of_its_own():
    done = threading.Event()

    def work():
        use_portal()
        done.set()

    await to_thread.run_sync(work)
    return done.is_set()


async def example_run():
    def work():
        return anyio.run(add, 4, 5)

    print(await to_thread.run_sync(work))
    try:
        anyio.run(add, 1)
    except RuntimeError as error:
        print(error)
    return "done"
