def close(stream):
    if hasattr(stream, "aclose"):
        return getattr(stream, "__aexit__", None)

# ---- refused ----
# 2:24: TW233 named_string: this distinguishes objects by aclose, which is close in the twin, and other objects may have that, too
#   help: annotate the object with a class that has aclose, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
# 3:32: TW233 named_string: this distinguishes objects by __aexit__, which is __exit__ in the twin, and other objects may have that, too
#   help: annotate the object with a class that has __aexit__, or mark the branches `# twingen: async-only` and `# twingen: sync-only`
