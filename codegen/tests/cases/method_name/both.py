class Base:
    def close(self): ...


class A(Base):
    async def aclose(self):
        self.close()


class B:
    async def aclose(self): ...

    async def close(self): ...

# ---- refused ----
# 6:15: TW128 merged_member: aclose of this class and close of source.Base have the same name in the twin
#   help: mark aclose `# twingen: async-only`, or rename one of the two
# 11:15: TW107 method_name: the class has both aclose and close, which have the same name in the twin
#   help: keep one of them, or mark close `# twingen: async-only`
