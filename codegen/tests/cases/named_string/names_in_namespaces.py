class Stream:
    async def aclose(self):
        hook = self.__dict__["aclose"], self.__dict__["x"]["aclose"]
        return hook or vars(self).get("aclose", self.__dict__.pop("read", "aclose"))


def ask(stream, table):
    if "aclose" in dir(stream) or "aclose" not in type(stream).__dict__:
        return stream.__dict__["__aexit__"]
    return table["aclose"], "aclose" in table, dir()[0] == "aclose"

# ---- refused ----
# 3:30: TW233 named_string: this looks up aclose by name, which is close in the twin
#   help: ask with getattr() and strings = ["builtins.getattr"], or mark the code `# twingen: async-only`
# 4:39: TW233 named_string: this looks up aclose by name, which is close in the twin
#   help: ask with getattr() and strings = ["builtins.getattr"], or mark the code `# twingen: async-only`
# 8:8: TW233 named_string: this looks up aclose by name, which is close in the twin
#   help: ask with getattr() and strings = ["builtins.getattr"], or mark the code `# twingen: async-only`
# 8:35: TW233 named_string: this looks up aclose by name, which is close in the twin
#   help: ask with getattr() and strings = ["builtins.getattr"], or mark the code `# twingen: async-only`
# 9:32: TW233 named_string: this looks up __aexit__ by name, which is __exit__ in the twin
#   help: ask with getattr() and strings = ["builtins.getattr"], or mark the code `# twingen: async-only`
