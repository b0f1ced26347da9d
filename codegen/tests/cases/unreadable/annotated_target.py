async def f():
    (x): int = 1
    return x

# ---- refused ----
# 2:5: TW009 unreadable: the libcst that twingen pins cannot read an annotated target in parentheses, though Python can
#   help: remove the parentheses: `x: int` for `(x): int`
