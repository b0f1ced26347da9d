from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@asynccontextmanager
async def f() -> AsyncIterator[int]:
    await asyncio.sleep(1)
    yield 1


@contextmanager
def g() -> Iterator[int]:
    with contextlib.suppress(Exception):
        yield len(sys.argv)


async def h() -> AsyncGenerator[int]:
    yield 1

# ---- twin ----

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def f() -> Iterator[int]:
    time.sleep(1)
    yield 1


@contextmanager
def g() -> Iterator[int]:
    with contextlib.suppress(Exception):
        yield len(sys.argv)


def h() -> Generator[int, None, None]:
    yield 1
