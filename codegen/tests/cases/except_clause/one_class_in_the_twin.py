import asyncio
import queue


async def both(values, stream):
    try:
        return next(values), await anext(stream)
    except StopIteration:
        return "no values"
    except StopAsyncIteration:
        return "no stream"


def either(one, other):
    try:
        return one.get_nowait(), other.get_nowait()
    except (ValueError, asyncio.QueueEmpty) as error:
        return error
    except queue.Empty as error:
        raise LookupError from error


# ---- refused ----
# 10:12: TW113 except_clause: StopAsyncIteration and StopIteration are the same class in the twin, and the clause above would catch both
#   help: catch them in one clause, or around different statements
# 19:12: TW113 except_clause: queue.Empty and asyncio.QueueEmpty are the same class in the twin, and the clause above would catch both
#   help: catch them in one clause, or around different statements
