# tasks: turns
import asyncio
import inspect


def on_close(f):
    if inspect.iscoroutinefunction(f):
        raise TypeError("a plain function is needed")
    return f()


def every(*functions):
    for f in functions:
        assert not asyncio.iscoroutinefunction(f)
        is_async = inspect.iscoroutinefunction(f)
        if not is_async:
            f()
        else:
            raise TypeError(f)

# ---- twin ----
# tasks: turns

from twin_runtime.turns.dynamic_calls import later, returns_awaitable
from twin_runtime.turns.inspection import was_coroutine_function


@returns_awaitable
def on_close(f):
    if was_coroutine_function(f):
        raise TypeError("a plain function is needed")
    return later(f)


def every(*functions):
    for f in functions:
        assert not was_coroutine_function(f)
        is_async = was_coroutine_function(f)
        if not is_async:
            later(f)
        else:
            raise TypeError(f)
