async def main(a):
    async def same(
        q,
        scope=None,  # twingen: async-only
    ):
        return q

    print(await same(a, a))

    async def same(
        x,
        scope=None,  # twingen: async-only
    ):
        return -x

    return await same(a, scope=a)

# ---- twin ----
def main(a):
    def same(
        q,
    ):
        return q

    print(same(a))

    def same(
        x,
    ):
        return -x

    return same(a)
