import asyncio  # twingen: async-only


# twingen: async-only
def loop():
    return asyncio.new_event_loop()


class A:
    x = 1  # twingen: async-only

    async def f(self): ...  # twingen: async-only

    @property  # twingen: async-only
    async def g(self):
        for x in []:  # twingen: async-only
            pass
        match self:  # twingen: async-only
            case 1:
                pass
        return 1

# ---- twin ----

class A:

    def g(self):
        return 1
