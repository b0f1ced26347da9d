class Parts(list):
    async def __aiter__(self):
        for part in list(self):
            yield part


class Sync:
    def __enter__(self):
        return self


class Both(Sync):
    async def __aenter__(self):
        return self

# ---- refused ----
# 2:15: TW106 dunder_method: __aiter__ becomes __iter__ in the twin, which would hide list.__iter__ of a base
#   help: give the class another base, or keep an object of that base in an attribute
# 13:15: TW106 dunder_method: __aenter__ becomes __enter__ in the twin, which would hide Sync.__enter__ of a base
#   help: give the class another base, or keep an object of that base in an attribute
