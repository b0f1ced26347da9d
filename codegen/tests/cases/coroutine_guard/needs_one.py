# tasks: turns
import inspect


class Bus:
    def subscribe(self, f):
        if not inspect.iscoroutinefunction(f):
            raise TypeError("a coroutine function is needed")
        self.f, self.is_async = f, inspect.iscoroutinefunction(f)

    async def emit(self, x):
        if self.is_async:
            return await self.f(x)
        return self.f(x)

# ---- twin ----
# tasks: turns

from twin_runtime.turns.dynamic_calls import awaited, later
from twin_runtime.turns.entry_points import entry, guarded
from twin_runtime.turns.inspection import iscoroutinefunction


class Bus:
    @guarded
    def subscribe(self, f):
        if not iscoroutinefunction(f):
            raise TypeError("a coroutine function is needed")
        self.f, self.is_async = f, iscoroutinefunction(f)

    @entry
    def emit(self, x):
        if self.is_async:
            return awaited(self.f, x)
        return later(self.f, x)
