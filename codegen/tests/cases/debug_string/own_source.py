async def f(g):
    return f"{await g()=}"

# ---- refused ----
# 2:14: TW110 debug_string: this prints its own `await`, which the twin does not have
#   help: write the label yourself: f"x()={await x()!r}"
