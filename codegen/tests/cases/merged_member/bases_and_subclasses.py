# method: AsyncMap.a* = *
import io
import socket
from collections import deque


class Closing:
    def close(self): ...


class OfTheModule(Closing):
    async def aclose(self):
        self.close()


class OfALibrary(io.BytesIO):
    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        await self.aclose()

    async def aclose(self):
        self.close()


class Items(list[int]):
    async def __aiter__(self):
        for item in list(self):
            yield item


class Taken(deque):
    def __aiter__(self):
        return self

    async def __anext__(self):
        return self.popleft()


class Connection(socket.socket):
    async def aclose(self):
        super().close()


class AsyncMap(dict):
    async def aget(self, key):
        return self.get(key)


class Base:
    async def aclose(self): ...

    async def __aenter__(self): ...

    async def __aexit__(self, *exc): ...


class AddsMembers(Base):
    def close(self): ...

    def __enter__(self): ...

    def __exit__(self, *exc): ...


class Below(AddsMembers):
    """It was said of the class above."""


class OfBoth(Base, Closing):
    pass


class Given:
    def __init__(self, close):
        self.close = close

    async def aclose(self):
        self.close()


class GivenToABase(Base):
    close: object

# ---- refused ----
# 12:15: TW128 merged_member: aclose of this class and close of source.Closing have the same name in the twin
#   help: mark aclose `# twingen: async-only`, or rename one of the two
# 17:15: TW106 dunder_method: __aenter__ becomes __enter__ in the twin, which would hide BytesIO.__enter__ of a base
#   help: give the class another base, or keep an object of that base in an attribute
# 20:15: TW106 dunder_method: __aexit__ becomes __exit__ in the twin, which would hide BytesIO.__exit__ of a base
#   help: give the class another base, or keep an object of that base in an attribute
# 23:15: TW128 merged_member: aclose of this class and close of io.BytesIO have the same name in the twin
#   help: mark aclose `# twingen: async-only`, or rename one of the two
# 28:15: TW106 dunder_method: __aiter__ becomes __iter__ in the twin, which would hide list.__iter__ of a base
#   help: give the class another base, or keep an object of that base in an attribute
# 34:9: TW106 dunder_method: __aiter__ becomes __iter__ in the twin, which would hide deque.__iter__ of a base
#   help: give the class another base, or keep an object of that base in an attribute
# 42:15: TW128 merged_member: aclose of this class and close of socket.socket have the same name in the twin
#   help: mark aclose `# twingen: async-only`, or rename one of the two
# 47:15: TW128 merged_member: aget of this class and get of builtins.dict have the same name in the twin
#   help: mark aget `# twingen: async-only`, or rename one of the two
# 60:9: TW128 merged_member: close of this class and aclose of source.Base have the same name in the twin
#   help: mark close `# twingen: async-only`, or rename one of the two
# 62:9: TW118 sync_protocol: __enter__ would hide the twin of Base.__aenter__, of the same name
#   help: keep one protocol, or mark this method `# twingen: async-only`
# 64:9: TW118 sync_protocol: __exit__ would hide the twin of Base.__aexit__, of the same name
#   help: keep one protocol, or mark this method `# twingen: async-only`
# 71:7: TW128 merged_member: aclose of source.Base and close of source.Closing have the same name in the twin
#   help: mark aclose, or close, `# twingen: async-only`, or rename one of the two
# 79:15: TW128 merged_member: aclose and close of this class have the same name in the twin
#   help: mark aclose `# twingen: async-only`, or rename one of the two
# 84:5: TW128 merged_member: close of this class and aclose of source.Base have the same name in the twin
#   help: mark close `# twingen: async-only`, or rename one of the two
