def close(stream):
    if hasattr(stream, "aclose"):
        return getattr(stream, "__aexit__", None)


# ---- refused ----
# 2:24: TW233 named_string: this asks for aclose by name, which the twin calls close
#   help: list the function: strings = ["builtins.hasattr"]
# 3:32: TW233 named_string: this asks for __aexit__ by name, which the twin calls __exit__
#   help: list the function: strings = ["builtins.getattr"]
