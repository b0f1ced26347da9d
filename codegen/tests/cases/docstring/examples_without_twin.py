# renames: Async* = *
class AsyncClient: ...


async def run(code):
    """Run a code.

    ```python
    try:
        await run(AsyncClient())
    await run("2")
    ```

    >>> async with AsyncClient() as client:
    ...     await client.task

    >>> await run(\"\"\"x\"\"\")

    With an AsyncClient:

    >>> await run("3")
    """

# ---- twin ----
# renames: Async* = *
class Client: ...


def run(code):
    """Run a code.

    ```python
    try:
        await run(AsyncClient())
    await run("2")
    ```

    >>> async with AsyncClient() as client:
    ...     await client.task

    >>> await run(\"\"\"x\"\"\")

    With an Client:

    >>> run("3")
    """
