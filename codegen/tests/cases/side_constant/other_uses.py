# side: source.ASYNC
ASYNC = False


def f(x, default=ASYNC):
    if ASYNC and x:
        return 1
    return 2 if ASYNC else 3

# ---- refused ----
# 2:1: TW231 side_constant: the constant ASYNC tells the sides apart, so its source must say which
#   help: define it once, as `ASYNC = True`
# 5:18: TW231 side_constant: the twin has no ASYNC; only `if` statements may ask it
#   help: write `if ASYNC:` or `if not ASYNC:` as a statement, with nothing besides
# 6:8: TW231 side_constant: the twin has no ASYNC; only `if` statements may ask it
#   help: write `if ASYNC:` or `if not ASYNC:` as a statement, with nothing besides
# 8:17: TW231 side_constant: the twin has no ASYNC; only `if` statements may ask it
#   help: write `if ASYNC:` or `if not ASYNC:` as a statement, with nothing besides
