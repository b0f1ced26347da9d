# tasks: turns
import functools
from contextlib import contextmanager


@contextmanager
def quiet():
    try:
        yield
    except OSError:
        pass


@functools.cache
@quiet()
async def load(name): ...

# ---- twin ----

# tasks: turns
import functools
from contextlib import contextmanager

from twin_runtime.turns.dynamic_calls import makes_coroutine, returns_awaitable
from twin_runtime.turns.entry_points import entry


@contextmanager
def quiet():
    try:
        yield
    except OSError:
        pass


@returns_awaitable
@functools.cache
@quiet()
@makes_coroutine
@entry
def load(name): ...
