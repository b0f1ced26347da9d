# renames: Async* = *
# method: Client.afetch = fetch
import asyncio


async def use():
    with open("x") as file:  # twingen: verbatim
        await asyncio.sleep(1)
        return file


class AsyncPool:  # twingen: verbatim
    pass


class Client:  # twingen: verbatim
    def afetch(self): ...


AsyncAny = 1  # twingen: verbatim


def choose(x):
    AsyncLocal = 1  # twingen: verbatim
    if x:
        return AsyncLocal
    elif x == 2:  # twingen: verbatim
        return 2
    return [
        x,  # twingen: verbatim
    ]

# ---- refused ----
# 8:9: TW132 verbatim: this code stays as it is, and a twin must not contain anything asynchronous
#   help: mark less of it, or write it in a function for each side
# 12:7: TW132 verbatim: this definition stays as it is, and the twin calls AsyncPool Pool elsewhere
#   help: mark less of it, or keep the name by a row of the configuration
# 16:7: TW132 verbatim: this class stays as it is, and the twin calls its afetch fetch elsewhere
#   help: mark less of it, or keep the name by a row of the configuration
# 20:1: TW132 verbatim: this definition stays as it is, and the twin calls AsyncAny Any elsewhere
#   help: mark less of it, or keep the name by a row of the configuration
# 27:19: TW209 comment: this marker leaves nothing out of the twin
#   help: write `# twingen: async-only` at the end of a statement's first line or on the line just above it, or at the end of the line of one parameter, argument or element; an elif needs an `if` of its own
# 30:13: TW209 comment: this marker leaves nothing out of the twin
#   help: write `# twingen: async-only` at the end of a statement's first line or on the line just above it, or at the end of the line of one parameter, argument or element; an elif needs an `if` of its own
