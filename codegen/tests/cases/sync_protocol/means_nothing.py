class Client:
    def __enter__(self):
        """Say what to do."""
        raise TypeError("use async with")

    def __exit__(self, *exc):
        pass  # never reached

    async def __aenter__(self):
        return await self.open()

    async def __aexit__(self, *exc):
        await self.close()

    async def open(self): ...

    async def close(self): ...


class Parts:
    def __iter__(self):
        for part in self.parts:
            yield part

    async def __aiter__(self):
        for part in self.parts:
            yield part


class Mine(Client):
    def __enter__(self):
        raise TypeError("use async with")

# ---- twin ----
class Client:

    def __enter__(self):
        return self.open()

    def __exit__(self, *exc):
        self.close()

    def open(self): ...

    def close(self): ...


class Parts:

    def __iter__(self):
        for part in self.parts:
            yield part


class Mine(Client):
    pass
