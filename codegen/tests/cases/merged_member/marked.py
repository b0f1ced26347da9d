import io


class Closing:
    def close(self): ...


class OfTheModule(Closing):
    async def aclose(self):  # twingen: async-only
        self.close()


class OfALibrary(io.BytesIO):
    async def __aenter__(self):  # twingen: async-only
        return self

    async def __aexit__(self, *exc):  # twingen: async-only
        self.close()


class Base:
    async def aclose(self): ...


class Adds(Base):
    def close(self): ...  # twingen: async-only


class Keyed:
    def __getitem__(self, key: str): ...

    async def __aiter__(self):
        yield 1


class Iterated:
    def __getitem__(self, key): ...

    async def __aiter__(self):  # twingen: async-only
        yield 1


async def use():
    async with OfALibrary() as opened:
        await OfTheModule().aclose()
    return opened

# ---- twin ----
import io


class Closing:
    def close(self): ...


class OfTheModule(Closing):
    pass


class OfALibrary(io.BytesIO):
    pass


class Base:
    def close(self): ...


class Adds(Base):
    pass


class Keyed:
    def __getitem__(self, key: str): ...

    def __iter__(self):
        yield 1


class Iterated:
    def __getitem__(self, key): ...


def use():
    with OfALibrary() as opened:
        OfTheModule().close()
    return opened
