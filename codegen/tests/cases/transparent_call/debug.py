import asyncio


async def main(x):
    return x


asyncio.run(main(1), debug=True)
asyncio.run(debug=False, main=main(2))

# ---- twin ----

def main(x):
    return x


main(1)
main(2)
