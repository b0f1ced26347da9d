import anyio


async def main(x=0): ...


anyio.run(main)
anyio.run(main, 3, backend="trio", backend_options={})

# ---- twin ----

def main(x=0): ...


main()
main(3)
