# strings: builtins.hasattr
# strings: builtins.getattr
import io


class Stream:
    async def aclose(self): ...

    async def __aiter__(self):
        yield 1


class Plain:
    def close(self): ...


def told_apart(value, stream: Stream, plain: Plain):
    if hasattr(value, "aclose"):
        return 1
    if hasattr(value, "close") or hasattr(stream, "close"):
        return 2
    if hasattr(value, "__iter__") or hasattr(plain, "aclose"):
        return 3
    return getattr(value, "aclose", None), getattr(value, "close", None)

# ---- refused ----
# 18:23: TW233 named_string: this distinguishes objects by aclose, which is close in the twin, and other objects may have that, too
#   help: annotate the object with a class that has aclose, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 20:23: TW233 named_string: this looks up close by name, which objects of the sources may have only in the twin
#   help: annotate the object with its class, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 20:51: TW233 named_string: this looks up close by name, which objects of the sources may have only in the twin
#   help: annotate the object with its class, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 22:23: TW233 named_string: this looks up __iter__ by name, which objects of the sources may have only in the twin
#   help: annotate the object with its class, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 22:53: TW233 named_string: this distinguishes objects by aclose, which is close in the twin, and other objects may have that, too
#   help: annotate the object with a class that has aclose, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 24:27: TW233 named_string: this distinguishes objects by aclose, which is close in the twin, and other objects may have that, too
#   help: annotate the object with a class that has aclose, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 24:59: TW233 named_string: this looks up close by name, which objects of the sources may have only in the twin
#   help: annotate the object with its class, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
