class A:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc): ...

    def __enter__(self):  # twingen: async-only
        raise TypeError("use async with")

    def __exit__(self, *exc): ...  # twingen: async-only

# ---- twin ----

class A:
    def __enter__(self):
        return self

    def __exit__(self, *exc): ...
