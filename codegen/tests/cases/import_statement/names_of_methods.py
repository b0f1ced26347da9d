# row: acme.alist = builtins.list
# renames: acme.*_async = acme.*
from acme import alist, table_async


class A:
    async def table(self, x: list[int]):
        return await table_async(await alist(x))

# ---- twin ----
# row: acme.alist = builtins.list
# renames: acme.*_async = acme.*
from acme import table


class A:
    def table(self, x: list[int]):
        return table(list(x))
