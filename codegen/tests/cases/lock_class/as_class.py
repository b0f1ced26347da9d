import asyncio


class MyLock(asyncio.Lock): ...


def f(lock: asyncio.Lock | None):
    return isinstance(lock, (int, asyncio.Lock))


Optional = asyncio.Lock | None


def matched(x):
    match x:
        case asyncio.Lock():
            return 1

# ---- refused ----
# 4:14: TW210 lock_class: asyncio.Lock is used as a class here, and threading.Lock is a function before Python 3.13
#   help: keep a lock in an attribute instead of deriving from it, and do not test whether a value is a lock
# 7:13: TW210 lock_class: this union is evaluated, and threading.Lock is a function before Python 3.13
#   help: add `from __future__ import annotations`
# 8:35: TW210 lock_class: asyncio.Lock is used as a class here, and threading.Lock is a function before Python 3.13
#   help: keep a lock in an attribute instead of deriving from it, and do not test whether a value is a lock
# 11:12: TW210 lock_class: asyncio.Lock is used as a class here, and threading.Lock is a function before Python 3.13
#   help: keep a lock in an attribute instead of deriving from it, and do not test whether a value is a lock
# 16:14: TW210 lock_class: asyncio.Lock is used as a class here, and threading.Lock is a function before Python 3.13
#   help: keep a lock in an attribute instead of deriving from it, and do not test whether a value is a lock
