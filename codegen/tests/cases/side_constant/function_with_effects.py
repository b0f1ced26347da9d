# side: pkg.is_async() = true
from pkg import is_async


def fetch(made):
    if is_async(made()):
        return 1
    return map(is_async, made())

# ---- refused ----
# 6:8: TW231 side_constant: the twin has no is_async(), and it is handed on here
#   help: write `is_async()` where it is asked, and call a function with names alone
# 8:16: TW231 side_constant: the twin has no is_async(), and it is handed on here
#   help: write `is_async()` where it is asked, and call a function with names alone
