async def f(g):
    return f"{await g()=}"

# ---- refused ----
# 2:14: TW110 debug_string: this prints the await as it is written, and the twin has none
#   help: write the label yourself: f"x()={await x()!r}"
