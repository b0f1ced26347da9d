# tasks: turns
class Conn:
    def _set(self, value):
        if True:  # twingen: async-only
            raise AttributeError("use set()")
        else:  # twingen: sync-only
            self.set(value)

    async def set(self, value): ...

# ---- twin ----
# tasks: turns

from twin_runtime.turns.entry_points import entry


class Conn:
    def _set(self, value):
        self.set(value)

    @entry
    def set(self, value): ...
