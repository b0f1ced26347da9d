import sys

if sys.version_info < (3, 10):

    async def anext(iterator):
        return await iterator.__anext__()

try:
    aiter
except NameError:
    from compat import aiter


async def first(values):
    return await anext(aiter(values))


# ---- refused ----
# 5:15: TW201 library_name: anext is bound under a condition here, and is the builtin otherwise, which has another name in the twin
#   help: bind it under a name of its own, also in the other case
# 9:5: TW201 library_name: aiter is bound under a condition here, and is the builtin otherwise, which has another name in the twin
#   help: bind it under a name of its own, also in the other case
# 15:18: TW201 library_name: anext is bound under a condition here, and is the builtin otherwise, which has another name in the twin
#   help: bind it under a name of its own, also in the other case
# 15:24: TW201 library_name: aiter is bound under a condition here, and is the builtin otherwise, which has another name in the twin
#   help: bind it under a name of its own, also in the other case
