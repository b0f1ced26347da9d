class Conn:
    def _set(self, value):
        if True:  # twingen: async-only
            raise AttributeError("use set()")
        else:  # twingen: sync-only
            self.set(value)

    async def set(self, value): ...

# ---- twin ----
class Conn:
    def _set(self, value):
        self.set(value)

    def set(self, value): ...
