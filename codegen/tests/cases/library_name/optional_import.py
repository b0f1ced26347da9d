try:
    import anyio
except ImportError:
    anyio = None

try:
    from contextlib import asynccontextmanager
except ImportError:
    asynccontextmanager = None


@asynccontextmanager
async def paused():
    await anyio.sleep(1)
    yield


# ---- twin ----
import time

try:
    import anyio
except ImportError:
    anyio = None

try:
    from contextlib import contextmanager
except ImportError:
    contextmanager = None


@contextmanager
def paused():
    time.sleep(1)
    yield
