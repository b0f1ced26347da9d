# tasks: turns
import asyncio
import copy


class Client:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    def again(self):
        return copy.deepcopy(self)

# ---- twin ----
# tasks: turns
import copy

from twin_runtime.turns.locks import Lock


class Client:
    def __init__(self) -> None:
        self._lock = Lock()

    def again(self):
        return copy.deepcopy(self)
