import asyncio
from collections.abc import Coroutine


def start(runner: "asyncio.Protocol") -> "Coroutine[*Parts]": ...

# ---- refused ----
# 5:19: TW207 string_annotation: asyncio.Protocol has no sync twin: it belongs to the event loop's own machinery, or is not known to this version
#   help: move it to code marked `# twingen: async-only`
# 5:42: TW207 string_annotation: the last parameter of this type is not a single type
#   help: write the type of the awaited value as the last parameter
