import anyio


async def main(x=0): ...


anyio.run(*main)
anyio.run(lambda: main(3))
anyio.run(backend="trio")

# ---- refused ----
# 7:1: TW316 anyio_run: the function to run is not the first argument
#   help: write `anyio.run(main, ...)`
# 8:1: TW316 anyio_run: the function to run is not given by its name
#   help: give it a name
# 9:1: TW316 anyio_run: the function to run is not the first argument
#   help: write `anyio.run(main, ...)`
