# method: AsyncClient.aclose = aclose
class AsyncClient:
    async def aclose(self):
        await self.session.aclose()

    async def __aexit__(self, *args):
        await self.aclose()

# ---- twin ----
# method: AsyncClient.aclose = aclose
class AsyncClient:
    def aclose(self):
        self.session.aclose()

    def __exit__(self, *args):
        self.aclose()
