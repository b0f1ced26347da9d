# row: first.get = first.fetch
# row: second.get = second.fetch
try:
    import first as web
except ImportError:
    import second as web

try:
    from one import open_file
except ImportError:

    async def open_file(path): ...


async def load(url):
    await web.get(url)
    await web.put(url)
    await open_file(url)


# ---- refused ----
# 17:11: TW109 unknown_library_call: first.put is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."first"] put = "...", or mark the code `# twingen: async-only`
# 18:11: TW109 unknown_library_call: one.open_file is asynchronous, and no table says what its twin is
#   help: add a row: [tool.twingen.libraries."one"] open_file = "...", or mark the code `# twingen: async-only`
