from typing import TYPE_CHECKING


class Base:
    async def stop(self): ...


class Pool(Base):
    def __init__(self, loop):
        self.loop = loop  # twingen: async-only

    async def stop(self): ...  # twingen: async-only

    async def aclose(self): ...  # twingen: async-only

    def close(self): ...

    async def drain(self): ...  # twingen: async-only

    if TYPE_CHECKING:  # twingen: sync-only

        def waited(self): ...

    else:

        async def waited(self): ...


class Other:
    async def flush(self): ...


class Flushed:
    async def flush(self): ...  # twingen: async-only


async def use(pool: Pool, unknown):
    await pool.stop()
    await pool.aclose()
    await pool.waited()
    await pool.drain()  # twingen: async-only
    await unknown.flush()
    await unknown.aclose()

# ---- twin ----
class Base:
    def stop(self): ...


class Pool(Base):
    def __init__(self, loop):
        pass

    def close(self): ...

    def waited(self): ...


class Other:
    def flush(self): ...


class Flushed:
    pass


def use(pool: Pool, unknown):
    pool.stop()
    pool.close()
    pool.waited()
    unknown.flush()
    unknown.close()
