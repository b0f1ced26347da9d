async def main(p, q, c):
    return await (p if c else q)

# ---- refused ----
# 2:12: TW101 await_expression: a choice between awaitables that are not calls may start them early
#   help: await in each branch: `(await p) if c else (await q)`
