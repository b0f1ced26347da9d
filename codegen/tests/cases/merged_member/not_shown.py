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
# 9:14: TW128 merged_member: close of source.Proxy is not shown, and the twin calls aclose so
#   help: call aclose otherwise, or mark aclose, or this code, `# twingen: async-only`
# 14:21: TW128 merged_member: __enter__ of source.Mixin is not shown, and the twin calls __aenter__ so
#   help: mark __aenter__, or this code, `# twingen: async-only`
# 18:11: TW128 merged_member: close of source.Proxy is not shown, and the twin calls aclose so
#   help: call aclose otherwise, or mark aclose, or this code, `# twingen: async-only`
# 19:11: TW128 merged_member: close of source.Proxy is not shown, and the twin calls aclose so
#   help: call aclose otherwise, or mark aclose, or this code, `# twingen: async-only`
