import asyncio


async def main(x):
    return x


def run_both():
    with asyncio.Runner(debug=True) as runner:
        print(runner.run(main(1)))
        return runner.run(main(x=2))


def run_one():
    runner = asyncio.Runner()
    try:
        runner.run(main(1))
    finally:
        runner.close()

# ---- twin ----

from twin_runtime.runner import Runner


def main(x):
    return x


def run_both():
    with Runner() as runner:
        print(runner.run(main, 1))
        return runner.run(main, x=2)


def run_one():
    runner = Runner()
    try:
        runner.run(main, 1)
    finally:
        runner.close()
