import inspect


def checked(function):
    if not inspect.iscoroutinefunction(function):
        raise TypeError("it must be a coroutine function")
    return function


async def call(function, x):
    kinds = [inspect.iscoroutinefunction(function)]
    if inspect.iscoroutinefunction(function):
        return await function(x)
    else:
        return function(x, 1)
    if x:
        pass
    elif inspect.isawaitable(x):
        x = await x
    if inspect.isawaitable(x):
        y = await x
    if inspect.isawaitable(x) and kinds:
        pass

# ---- refused ----
# 5:12: TW111 coroutine_test: the branches do different things, and the twin cannot tell which functions and values were asynchronous
#   help: make `await` the only difference, or mark the code `# twingen: async-only`
# 11:14: TW111 coroutine_test: there are no coroutines in the twin, so the answer would always be no
#   help: test it in an `if` of its own, or mark the code `# twingen: async-only`
# 12:8: TW111 coroutine_test: the branches do different things, and the twin cannot tell which functions and values were asynchronous
#   help: make `await` the only difference, or mark the code `# twingen: async-only`
# 18:5: TW111 coroutine_test: this test is in an `elif`
#   help: give it an `if` of its own in an else
# 20:8: TW111 coroutine_test: the branches do different things, and the twin cannot tell which functions and values were asynchronous
#   help: write `if inspect.isawaitable(x): x = await x`, or mark the code `# twingen: async-only`
# 21:13: TW102 awaited_value: this awaits a value that is not a call, and nothing shows that it is a future or a task
#   help: await the call itself where its value is needed, start it with asyncio.create_task(), or annotate the task or future: `task: asyncio.Task[int]`, `tasks: list[asyncio.Task[int]]`
# 22:8: TW111 coroutine_test: there are no coroutines in the twin, so the answer would always be no
#   help: write `if inspect.isawaitable(x): x = await x`, or mark the code `# twingen: async-only`
