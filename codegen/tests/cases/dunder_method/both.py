class A:
    async def __aenter__(self): ...

    def __enter__(self):
        return self

# ---- refused ----
# 2:15: TW106 dunder_method: the class defines both __aenter__ and __enter__
#   help: keep one protocol, or mark __enter__ `# twingen: async-only`
