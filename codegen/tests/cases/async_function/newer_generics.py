# python: 3.12
class A[T]:
    async def m[U](self, x: U) -> T:
        return await self.n(x)

    async def n(self, x): ...


type Pair[T] = tuple[T, T]

# ---- twin ----
# python: 3.12
class A[T]:
    def m[U](self, x: U) -> T:
        return self.n(x)

    def n(self, x): ...


type Pair[T] = tuple[T, T]
