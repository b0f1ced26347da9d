from contextlib import asynccontextmanager


def apply(asynccontextmanager):
    return asynccontextmanager


@asynccontextmanager
async def opened():
    yield 1


# ---- twin ----
from contextlib import contextmanager


def apply(asynccontextmanager):
    return asynccontextmanager


@contextmanager
def opened():
    yield 1
