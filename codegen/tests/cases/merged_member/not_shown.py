class Proxy:
    def __init__(self, inner):
        self._inner = inner

    def __getattr__(self, name):
        return getattr(self._inner, name)

    async def aclose(self):
        self.close()


class Mixin:
    async def __aenter__(self):
        return self.__enter__()


def use(proxy: Proxy):
    proxy.close()
    proxy.close = None

# ---- refused ----
# 9:14: TW128 merged_member: source.Proxy may have close, which is the name of aclose in the twin
#   help: rename aclose, or mark aclose, or this code, `# twingen: async-only`
# 14:21: TW128 merged_member: source.Mixin may have __enter__, which is the name of __aenter__ in the twin
#   help: mark __aenter__, or this code, `# twingen: async-only`
# 18:11: TW128 merged_member: source.Proxy may have close, which is the name of aclose in the twin
#   help: rename aclose, or mark aclose, or this code, `# twingen: async-only`
# 19:11: TW128 merged_member: source.Proxy may have close, which is the name of aclose in the twin
#   help: rename aclose, or mark aclose, or this code, `# twingen: async-only`
