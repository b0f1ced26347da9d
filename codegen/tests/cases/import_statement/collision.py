from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Iterator

contextmanager = 3


@asynccontextmanager
async def f(x: Iterator) -> AsyncIterator[int]:
    yield 1

# ---- refused ----
# 1:29: TW202 import_statement: AsyncIterator becomes Iterator in the twin, which is bound in this module already
#   help: import it as another name, or rename Iterator
# 2:24: TW202 import_statement: asynccontextmanager becomes contextmanager in the twin, which is bound in this module already
#   help: import it as another name, or rename contextmanager
