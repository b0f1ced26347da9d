# strict_examples
async def f(x):
    ">>> if x: await f(x)"

# ---- refused ----
# 3:10: TW016 example: the twin of this example has the quotes that end the docstring
#   help: use other quotes in one of them
