# renames: Async* = *
try:
    from fast import AsyncCodec
except ImportError:

    class AsyncCodec:
        pass


def codec() -> AsyncCodec:
    return AsyncCodec()


# ---- refused ----
# 6:11: TW201 library_name: AsyncCodec is bound in several ways, and they need different twins: fast.AsyncCodec, source.AsyncCodec
#   help: bind it in one way, or add rows that give all of them one name
# 10:16: TW201 library_name: AsyncCodec is bound in several ways, and they need different twins: fast.AsyncCodec, source.AsyncCodec
#   help: bind it in one way, or add rows that give all of them one name
# 11:12: TW201 library_name: AsyncCodec is bound in several ways, and they need different twins: fast.AsyncCodec, source.AsyncCodec
#   help: bind it in one way, or add rows that give all of them one name
