# side: pkg.skip_sync = async-only
# side: pkg.skip_async = sync-only
from pkg import skip_async, skip_sync


class Tests:
    @skip_sync
    async def only_async(self):
        await self.check()

    @skip_async()
    def only_sync(self):
        self.check()

    async def check(self):
        pass


@skip_sync("reason")
class Gone:
    pass

# ---- twin ----
# side: pkg.skip_sync = async-only
# side: pkg.skip_async = sync-only


class Tests:

    def only_sync(self):
        self.check()

    def check(self):
        pass
