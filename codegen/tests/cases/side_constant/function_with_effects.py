# side: pkg.is_async() = true
from pkg import is_async


def fetch(made):
    if is_async(made()):
        return 1
    return map(is_async, made())

# ---- refused ----
# 6:8: TW231 side_constant: the twin has no is_async(), and it is passed on here
#   help: test `is_async()` itself, or pass it as an argument of a function that is called by its name
# 8:16: TW231 side_constant: the twin has no is_async(), and it is passed on here
#   help: test `is_async()` itself, or pass it as an argument of a function that is called by its name
