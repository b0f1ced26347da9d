# method: *.a* = *
class A:
    async def aget(self): ...

    def get(self): ...


class B:
    async def aget(self): ...

    def arun(self): ...


class C:
    async def arun(self): ...


class Sub(C):
    async def run(self): ...


async def f(unknown):
    await unknown.arun()

# ---- refused ----
# 3:15: TW107 method_name: the class has both aget and get, which have the same name in the twin
#   help: keep one of them, or mark get `# twingen: async-only`
# 19:15: TW128 merged_member: run of this class and arun of source.C have the same name in the twin
#   help: mark run `# twingen: async-only`, or rename one of the two
# 23:11: TW107 method_name: arun is renamed in one class of the sources and not in another, and the class of this object is not known
#   help: annotate the object with its class
