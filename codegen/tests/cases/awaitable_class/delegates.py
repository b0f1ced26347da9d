# tasks: turns
from collections.abc import Generator
from typing import Any


class Connecting:
    async def _connect(self) -> "Connecting":
        return self

    def __await__(self) -> Generator[Any, None, "Connecting"]:
        return self._connect().__await__()


async def use() -> None:
    await Connecting()

# ---- twin ----
# tasks: turns
from collections.abc import Generator
from typing import Any

from twin_runtime.turns.dynamic_calls import await_, later
from twin_runtime.turns.entry_points import entry
from twin_runtime.turns.function_kinds import coroutine


class Connecting:
    @coroutine
    def _connect(self) -> "Connecting":
        return self

    def __await__(self) -> Generator[Any, None, "Connecting"]:
        return later(self._connect).__await__()

    def wait(self) -> "Connecting":
        """Wait for what an `await` of this object gives."""
        return await_(self)


@entry
def use() -> None:
    await_(Connecting())
