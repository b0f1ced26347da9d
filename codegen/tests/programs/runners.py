"""Runners: several runs that share one context."""
# python: 3.11

from __future__ import annotations

import asyncio
import contextvars

variable = contextvars.ContextVar("variable", default="outside")


async def change(value: str) -> str:
    seen = variable.get()
    variable.set(value)
    return seen


def in_a_thread():
    variable.set("around")
    with asyncio.Runner(debug=False) as runner:
        print(runner.run(change("first")))
        print(runner.run(change(value="second")), variable.get())
    print(variable.get())
    runner = asyncio.Runner()
    runner.close()
    runner.close()


async def example_shared_context():
    await asyncio.to_thread(in_a_thread)


def raises():
    with asyncio.Runner() as runner:
        runner.run(fail())


async def fail():
    raise KeyError("mine")


async def example_exception():
    await asyncio.to_thread(raises)


def once():
    print(asyncio.run(change("x"), debug=True))


async def example_run_with_debug():
    await asyncio.to_thread(once)
