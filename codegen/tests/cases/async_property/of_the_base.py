class Account:
    name = "account"

    @property
    async def total(self) -> int:
        return 1

    @property
    def label(self) -> str:
        return self.name


class Savings(Account):
    @property
    async def total(self) -> int:
        return 2 + await super().total

    @property
    async def label(self) -> str:
        return super().label.upper()


async def show() -> int:
    return await Savings().total


# ---- twin ----
class Account:
    name = "account"

    @property
    def total(self) -> int:
        return 1

    @property
    def label(self) -> str:
        return self.name


class Savings(Account):
    @property
    def total(self) -> int:
        return 2 + super().total

    @property
    def label(self) -> str:
        return super().label.upper()


def show() -> int:
    return Savings().total
