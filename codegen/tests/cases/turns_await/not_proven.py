# tasks: turns
class Handler:
    async def handle(self, call, event):
        await self.before(event)
        await call(event)  # may be any function
        await event.future
        return await (yield_to(event) or event.task)

    async def before(self, event): ...


class Quick(Handler):
    def before(self, event): ...

# ---- twin ----

# tasks: turns

from twin_runtime.turns.dynamic_calls import await_, awaited, later
from twin_runtime.turns.entry_points import entry


class Handler:
    @entry
    def handle(self, call, event):
        awaited(self.before, event)
        awaited(call, event)  # may be any function
        await_(event.future)
        return await_(later(yield_to, event) or event.task)

    @entry
    def before(self, event): ...


class Quick(Handler):
    def before(self, event): ...
