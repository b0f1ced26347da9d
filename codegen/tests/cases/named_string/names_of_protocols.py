from unittest.mock import patch


def entered(value, enter):
    if "__aenter__" in dir(value):
        return type("Both", (), {"__aenter__": enter, "__init__": None})
    with patch.object(value, "aclose"):
        return value.name == "__aexit__", "it has __aenter__", ["__aiter__"]

# ---- refused ----
# 5:8: TW233 named_string: this names __aenter__, which is __enter__ in the twin
#   help: ask with getattr() and strings = ["builtins.getattr"], or mark the code `# twingen: async-only`
# 6:34: TW233 named_string: this names __aenter__, which is __enter__ in the twin
#   help: write a class statement, or mark the code `# twingen: async-only`
# 7:30: TW233 named_string: this looks up aclose by name, which is close in the twin
#   help: list the function: strings = ["unittest.mock.patch.object"]
# 8:30: TW233 named_string: this names __aexit__, which is __exit__ in the twin
#   help: ask with getattr() and strings = ["builtins.getattr"], or mark the code `# twingen: async-only`
