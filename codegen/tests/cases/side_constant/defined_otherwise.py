# side: source.ASYNC
ASYNC = False
ASYNC = bool("x")

# ---- refused ----
# 2:1: TW231 side_constant: the constant ASYNC distinguishes the sides, so its definition must say which side it is
#   help: define it once, as `ASYNC = True`
# 3:1: TW231 side_constant: the constant ASYNC distinguishes the sides, so its definition must say which side it is
#   help: define it once, as `ASYNC = True`
