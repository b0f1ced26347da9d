class A:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        await self.x.__aexit__(*exc)

    def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration

# ---- twin ----

class A:
    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.x.__exit__(*exc)

    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration
