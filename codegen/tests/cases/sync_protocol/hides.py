class Client:
    async def __aenter__(self): ...

    async def __aexit__(self, *exc): ...


class Both(Client):
    def __enter__(self):
        return self

    def __exit__(self, *exc): ...

# ---- refused ----
# 8:9: TW118 sync_protocol: __enter__ would hide the twin of Client.__aenter__, of the same name
#   help: keep one protocol, or mark this method `# twingen: async-only`
# 11:9: TW118 sync_protocol: __exit__ would hide the twin of Client.__aexit__, of the same name
#   help: keep one protocol, or mark this method `# twingen: async-only`
