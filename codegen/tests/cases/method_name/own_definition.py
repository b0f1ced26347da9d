class A:
    async def aclose(self): ...

    async def leave(self):
        await self.aclose()

# ---- twin ----

class A:
    def close(self): ...

    def leave(self):
        self.close()
