# python: 3.11
async def f(g):
    try:
        await g()
    except* ValueError as error:
        await g(error)

# ---- twin ----
# python: 3.11
def f(g):
    try:
        g()
    except* ValueError as error:
        g(error)
