from typing import TYPE_CHECKING


class Kept:
    async def aclose(self): ...

    def close(self): ...  # twingen: async-only


class Other:
    async def aclose(self): ...  # twingen: async-only

    def close(self): ...


class Base:
    def close(self): ...  # twingen: async-only


class Derived(Base):
    async def aclose(self): ...


class ForTwin:
    if TYPE_CHECKING:  # twingen: sync-only

        def close(self):
            """Close by another way."""

    else:

        async def aclose(self): ...

# ---- twin ----
class Kept:
    def close(self): ...


class Other:

    def close(self): ...


class Base:
    pass


class Derived(Base):
    def close(self): ...


class ForTwin:

    def close(self):
        """Close by another way."""
