# strings: builtins.hasattr
# strings: builtins.getattr
import io


class Stream:
    async def aclose(self): ...

    async def __aiter__(self):
        yield 1


class Plain:
    def close(self): ...


def told_apart(value, stream: Stream, plain: Plain, file: io.BytesIO):
    assert hasattr(value, "aclose")
    if not hasattr(value, "close"):
        raise TypeError(value)
    if hasattr(stream, "aclose") or hasattr(plain, "close") or hasattr(file, "close"):
        return getattr(value, "aclose"), getattr(value, "close")
    return getattr(stream, "__aiter__", None), hasattr(value, "closed")

# ---- twin ----
# strings: builtins.hasattr
# strings: builtins.getattr
import io


class Stream:
    def close(self): ...

    def __iter__(self):
        yield 1


class Plain:
    def close(self): ...


def told_apart(value, stream: Stream, plain: Plain, file: io.BytesIO):
    assert hasattr(value, "close")
    if not hasattr(value, "close"):
        raise TypeError(value)
    if hasattr(stream, "close") or hasattr(plain, "close") or hasattr(file, "close"):
        return getattr(value, "close"), getattr(value, "close")
    return getattr(stream, "__iter__", None), hasattr(value, "closed")
