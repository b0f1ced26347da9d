from contextlib import AsyncExitStack


async def f(generator, cm):
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(cm())
        stack.push_async_callback(print, 1)
        stack.push_async_exit(cm())
    await generator.asend(1)
    await generator.athrow(ValueError)
    await generator.aclose()

# ---- twin ----

from contextlib import ExitStack


def f(generator, cm):
    with ExitStack() as stack:
        stack.enter_context(cm())
        stack.callback(print, 1)
        stack.push(cm())
    generator.send(1)
    generator.throw(ValueError)
    generator.close()
