import asyncio

lock = asyncio.Lock()


class A:
    async def fetch(self): ...

    async def main(self):
        call = self.fetch()
        both = [self.fetch(), A.fetch(self)]
        lock.acquire()

        async def local(): ...

        local()
        return self.fetch()


async def main(a: A, it):
    x = a.fetch(), anext(it)
    return x

# ---- refused ----
# 10:16: TW108 stored_coroutine: this call makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here, or start it with asyncio.create_task()
# 11:17: TW108 stored_coroutine: this call makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here, or start it with asyncio.create_task()
# 11:31: TW108 stored_coroutine: this call makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here, or start it with asyncio.create_task()
# 16:9: TW108 stored_coroutine: this call makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here, or start it with asyncio.create_task()
# 17:16: TW108 stored_coroutine: this call makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here, or start it with asyncio.create_task()
# 21:9: TW108 stored_coroutine: this call makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here, or start it with asyncio.create_task()
# 21:20: TW108 stored_coroutine: this call makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here, or start it with asyncio.create_task()
