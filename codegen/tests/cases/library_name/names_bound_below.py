# renames: Async* = *
from __future__ import annotations

from contextvars import ContextVar

SESSION: ContextVar[AsyncSession | None] = ContextVar("SESSION", default=None)

for number in range(2):
    if number:
        print(AsyncSession)

    class AsyncSession:
        last: AsyncSession

        async def bind(self) -> None:
            SESSION.set(self)


# ---- twin ----
# renames: Async* = *
from __future__ import annotations

from contextvars import ContextVar

SESSION: ContextVar[Session | None] = ContextVar("SESSION", default=None)

for number in range(2):
    if number:
        print(Session)

    class Session:
        last: Session

        def bind(self) -> None:
            SESSION.set(self)
