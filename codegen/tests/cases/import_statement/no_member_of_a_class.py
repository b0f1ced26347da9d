import asyncio


class Client:
    import asyncio
    from asyncio import Lock, sleep as rest, Semaphore as gate, create_task

    later = create_task

    def lock(self):
        return self.asyncio.Lock()


async def main():
    await asyncio.sleep(1)

# ---- refused ----

# 5:5: TW202 import_statement: asyncio is an attribute of this class, and has no twin
#   help: import it at the top of the module
# 6:5: TW202 import_statement: asyncio.sleep is an attribute of this class, and has no twin
#   help: import it at the top of the module
# 8:13: TW201 library_name: asyncio.create_task is used as a value here; its twin is known only if it is called
#   help: call it in place
