from asyncio import Protocol

__all__ = ["Protocol"]

# ---- refused ----
# 3:12: TW203 dunder_all: asyncio.Protocol has no sync twin: it belongs to the event loop's own machinery, or is not known to this version
#   help: move it to code marked `# twingen: async-only`
