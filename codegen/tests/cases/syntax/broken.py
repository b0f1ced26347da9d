async def f(x):
    y = = 2

# ---- refused ----
# 2:9: TW001 syntax: the source does not parse: invalid syntax
#   help: fix the syntax; nothing is written until every source parses
