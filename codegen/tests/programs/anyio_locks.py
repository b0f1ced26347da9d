# python: 3.11
# needs: anyio
# tasks: turns
"""Locks, events, conditions, semaphores, limiters and guards of anyio."""

import anyio
from anyio import CancelScope, WouldBlock, create_task_group, move_on_after, sleep


async def example_event():
    async def wait(number):
        await event.wait()
        print("woke", number)

    event = anyio.Event()
    async with create_task_group() as group:
        for each in range(3):
            group.start_soon(wait, each)
        await anyio.wait_all_tasks_blocked()
        print(event.statistics().tasks_waiting, event.is_set())
        event.set()
        print("set")
    await event.wait()
    return event.is_set(), event.statistics().tasks_waiting


async def example_set_event_lets_others_go_on():
    async def other():
        order.append("other")

    order = []
    event = anyio.Event()
    event.set()
    async with create_task_group() as group:
        group.start_soon(other)
        await event.wait()
        order.append("waited")
    return order


async def example_lock_order():
    async def work(number):
        async with lock:
            order.append(number)
            await sleep(0)

    order = []
    lock = anyio.Lock()
    async with create_task_group() as group:
        for each in range(4):
            group.start_soon(work, each)
        await sleep(0)
        await sleep(0)
        statistics = lock.statistics()
        print(statistics.locked, statistics.tasks_waiting, statistics.owner is None)
    return order, lock.locked()


async def example_lock_lets_others_go_on():
    async def other(fast):
        order.append(fast)

    order = []
    for fast in (False, True):
        lock = anyio.Lock(fast_acquire=fast)
        async with create_task_group() as group:
            group.start_soon(other, fast)
            async with lock:
                order.append("acquired")
    return order


async def example_lock_misused():
    lock = anyio.Lock()
    await lock.acquire()
    for function in (lock.acquire_nowait, lock.release, lock.release):
        try:
            function()
            print("released")
        except RuntimeError as error:
            print(error)
    async with lock:
        try:
            await lock.acquire()
        except RuntimeError as error:
            print(error)

    async def other():
        for function in (lock.acquire_nowait, lock.release):
            try:
                function()
            except (RuntimeError, WouldBlock) as error:
                print(repr(error))

    async with lock, create_task_group() as group:
        group.start_soon(other)
    return lock.locked()


async def example_waiting_for_a_lock_is_cancelled():
    async def work():
        with move_on_after(0.01) as scope:
            async with lock:
                print("not reached")
        print(scope.cancelled_caught)
        given_up.set()

    lock = anyio.Lock()
    given_up = anyio.Event()
    async with create_task_group() as group:
        await lock.acquire()
        group.start_soon(work)
        await given_up.wait()
        print(lock.statistics().tasks_waiting)
        lock.release()
    return lock.locked()


async def example_given_and_cancelled_at_once():
    async def work():
        async with lock:
            print("not reached")

    lock = anyio.Lock()
    async with create_task_group() as group:
        await lock.acquire()
        group.start_soon(work)
        await anyio.wait_all_tasks_blocked()
        group.cancel_scope.cancel()
        lock.release()
    return lock.locked()


async def example_free_lock_in_a_cancelled_scope():
    lock = anyio.Lock()
    with CancelScope() as scope:
        scope.cancel()
        async with lock:
            print("not reached")
    return lock.locked(), scope.cancelled_caught


async def example_condition():
    async def consume(number):
        async with condition:
            await condition.wait()
            print("consumed", number)

    condition = anyio.Condition()
    async with create_task_group() as group:
        for each in range(3):
            group.start_soon(consume, each)
        await anyio.wait_all_tasks_blocked()
        print(condition.statistics().tasks_waiting, condition.locked())
        async with condition:
            condition.notify(1)
            print("notified")
        await anyio.wait_all_tasks_blocked()
        async with condition:
            condition.notify_all()
    try:
        condition.notify()
    except RuntimeError as error:
        print(error)
    return condition.locked()


async def example_condition_cancelled():
    async def consume():
        with move_on_after(0.01) as scope:
            async with condition:
                try:
                    await condition.wait()
                finally:
                    print("has it", condition.locked())
        print(scope.cancelled_caught)

    condition = anyio.Condition(anyio.Lock())
    async with create_task_group() as group:
        group.start_soon(consume)
    return condition.statistics().tasks_waiting


async def example_condition_predicate():
    async def grow():
        for _ in range(3):
            await sleep(0)
            async with condition:
                found.append(1)
                condition.notify_all()

    found = []
    condition = anyio.Condition()
    async with create_task_group() as group:
        group.start_soon(grow)
        async with condition:
            print(await condition.wait_for(lambda: len(found) == 3))
    return len(found)


async def example_semaphore():
    async def work(number):
        async with semaphore as entered:
            order.append((number, semaphore.value, entered is semaphore))
            await sleep(0)

    order = []
    semaphore = anyio.Semaphore(2, max_value=2)
    async with create_task_group() as group:
        for each in range(5):
            group.start_soon(work, each)
    try:
        semaphore.release()
    except ValueError as error:
        print(error)
    semaphore.acquire_nowait()
    semaphore.acquire_nowait()
    try:
        semaphore.acquire_nowait()
    except WouldBlock as error:
        print(repr(error))
    with move_on_after(0.01) as scope:
        await semaphore.acquire()
    for make in (
        lambda: anyio.Semaphore(-1),
        lambda: anyio.Semaphore("1"),
        lambda: anyio.Semaphore(2, max_value=1),
    ):
        try:
            make()
        except (TypeError, ValueError) as error:
            print(error)
    return order, semaphore.max_value, scope.cancelled_caught


async def example_limiter():
    async def work(number):
        async with limiter:
            most.append(limiter.borrowed_tokens)
            await sleep(0.001)

    most = []
    limiter = anyio.CapacityLimiter(2)
    async with create_task_group() as group:
        for each in range(5):
            group.start_soon(work, each)
        await anyio.wait_all_tasks_blocked()
        print(limiter.statistics().tasks_waiting, limiter.available_tokens)
    print(max(most), limiter.total_tokens)
    await limiter.acquire()
    await limiter.acquire_on_behalf_of("me")
    for function in (
        lambda: limiter.acquire_nowait(),
        lambda: limiter.acquire_on_behalf_of_nowait("you"),
        lambda: limiter.release_on_behalf_of("you"),
    ):
        try:
            function()
        except (RuntimeError, WouldBlock) as error:
            print(repr(error))
    limiter.release()
    limiter.release_on_behalf_of("me")
    for tokens in (-1, 0.5):
        try:
            limiter.total_tokens = tokens
        except (TypeError, ValueError) as error:
            print(error)
    return limiter.borrowed_tokens


async def example_more_tokens():
    async def work(number):
        async with limiter:
            print("has one", number)
            await event.wait()

    event = anyio.Event()
    limiter = anyio.CapacityLimiter(1)
    async with create_task_group() as group:
        for each in range(3):
            group.start_soon(work, each)
        await anyio.wait_all_tasks_blocked()
        limiter.total_tokens = 3
        await anyio.wait_all_tasks_blocked()
        print(limiter.borrowed_tokens)
        event.set()
    return limiter.borrowed_tokens


async def example_guard():
    guard = anyio.ResourceGuard("reading from")
    with guard:
        try:
            with guard:
                pass
        except anyio.BusyResourceError as error:
            print(error)
    with guard:
        return "free again"
