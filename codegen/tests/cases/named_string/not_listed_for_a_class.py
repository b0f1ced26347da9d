class Stream:
    async def aclose(self): ...


def close(stream: Stream):
    if hasattr(stream, "aclose"):
        return getattr(stream, "aclose")

# ---- refused ----
# 6:24: TW233 named_string: this looks up aclose by name, which is close in the twin
#   help: list the function: strings = ["builtins.hasattr"]
# 7:32: TW233 named_string: this looks up aclose by name, which is close in the twin
#   help: list the function: strings = ["builtins.getattr"]
