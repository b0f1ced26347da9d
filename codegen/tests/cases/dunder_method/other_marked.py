class A:
    async def __aenter__(self): ...  # twingen: async-only

    async def __aexit__(self, *exc): ...  # twingen: async-only

    def __enter__(self):
        return self

    def __exit__(self, *exc): ...

# ---- twin ----
class A:

    def __enter__(self):
        return self

    def __exit__(self, *exc): ...
