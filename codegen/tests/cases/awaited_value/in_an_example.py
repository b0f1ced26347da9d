"""What is read.

>>> async for row in cursor:
...     await row
"""

# strict_examples

# ---- refused ----
# 4:9: TW102 awaited_value: this awaits a value that is not a call, and nothing shows that it is a future or a task
#   help: await the call itself where its value is needed, start it with asyncio.create_task(), or annotate the task or future: `task: asyncio.Task[int]`, `tasks: list[asyncio.Task[int]]`
