from asyncio import Protocol


def f():
    global Protocol

# ---- refused ----
# 5:12: TW212 global_statement: asyncio.Protocol has no sync twin: it belongs to the event loop's own machinery, or is not known to this version
#   help: move it to code marked `# twingen: async-only`
