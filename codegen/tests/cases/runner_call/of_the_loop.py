import asyncio


async def main(x):
    return x


def run(factory, context, coroutine):
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main(1), context=context)
        runner.get_loop()
        runner.run(coroutine)

# ---- refused ----
# 9:10: TW319 runner_call: this argument of asyncio.Runner() is about its event loop
#   help: leave it out, or mark the code `# twingen: async-only`
# 10:9: TW319 runner_call: run() of the runner takes only the coroutine call
#   help: leave out context=
# 11:9: TW211 member_name: get_loop of asyncio.Runner has no sync twin: there is no event loop in the twin
#   help: mark the code `# twingen: async-only`
# 12:20: TW319 runner_call: this does not start a call of a function of your own
#   help: pass the call of a coroutine function
