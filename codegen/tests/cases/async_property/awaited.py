import asyncio


class Account:
    @property
    async def total(self) -> int:
        return await self.load()

    async def load(self) -> int:
        return 1

    async def double(self) -> int:
        return (await self.total) * 2


class Savings(Account):
    async def half(self):
        return await self.total / 2


async def show(account: Account):
    other = Savings()
    print(await account.total + 1, (await other.total).bit_length())

# ---- twin ----

class Account:
    @property
    def total(self) -> int:
        return self.load()

    def load(self) -> int:
        return 1

    def double(self) -> int:
        return self.total * 2


class Savings(Account):
    def half(self):
        return self.total / 2


def show(account: Account):
    other = Savings()
    print(account.total + 1, other.total.bit_length())
