class Stream:
    async def aclose(self):
        hook = self.__dict__["aclose"], self.__dict__["x"]["aclose"]
        return hook or vars(self).get("aclose", self.__dict__.pop("read", "aclose"))


def ask(stream, table):
    if "aclose" in dir(stream) or "aclose" not in type(stream).__dict__:
        return stream.__dict__["__aexit__"]
    return table["aclose"], "aclose" in table, dir()[0] == "aclose"

# ---- refused ----

# 3:30: TW233 named_string: this asks for aclose by name, which the twin calls close
#   help: ask with getattr() and strings = ["builtins.getattr"], or mark the code `# twingen: async-only`
# 4:39: TW233 named_string: this asks for aclose by name, which the twin calls close
#   help: ask with getattr() and strings = ["builtins.getattr"], or mark the code `# twingen: async-only`
# 8:8: TW233 named_string: this asks for aclose by name, which the twin calls close
#   help: ask with getattr() and strings = ["builtins.getattr"], or mark the code `# twingen: async-only`
# 8:35: TW233 named_string: this asks for aclose by name, which the twin calls close
#   help: ask with getattr() and strings = ["builtins.getattr"], or mark the code `# twingen: async-only`
# 9:32: TW233 named_string: this asks for __aexit__ by name, which the twin calls __exit__
#   help: ask with getattr() and strings = ["builtins.getattr"], or mark the code `# twingen: async-only`
