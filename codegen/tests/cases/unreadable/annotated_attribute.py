class A:
    async def f(self):
        if self:
            (self.x["a"]): int
        return 1

# ---- refused ----
# 4:13: TW009 unreadable: the libcst that twingen pins cannot read an annotated target in parentheses, though Python can
#   help: remove the parentheses: `x: int` for `(x): int`
