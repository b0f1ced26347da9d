import os; from asyncio import Lock, sleep


async def f():
    async with Lock():
        await sleep(1)
    return os.sep
# ---- refused ----
# 1:1: TW202 import_statement: names imported here come from several modules in the twin
#   help: put the import on a line of its own
