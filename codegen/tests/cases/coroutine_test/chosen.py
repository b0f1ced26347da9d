import inspect


class Provider:
    async def get(self, make):
        made = make()
        made = await made if inspect.isawaitable(made) else made
        self.made = make()
        if True:
            return (
                self.made
                if not inspect.isawaitable(self.made)
                else await self.made
            )
        return [
            (await each)  # made later
            if inspect.iscoroutine(each)
            else each
            for each in (made, 2)
        ]


# ---- twin ----
class Provider:
    def get(self, make):
        made = make()
        made = made
        self.made = make()
        if True:
            return self.made
        return [each for each in (made, 2)]
