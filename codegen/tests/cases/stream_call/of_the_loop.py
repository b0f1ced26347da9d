import asyncio


async def f(handler, **options):
    reader, writer = await asyncio.open_connection("host", 1, happy_eyeballs_delay=0.2)
    await asyncio.open_connection("host", 1, **options)
    await asyncio.start_server(handler, port=1, keep_alive=True)
    print(writer.transport, reader.feed_eof())
    await writer.start_tls(None)
    later = asyncio.open_connection("host", 1)
    later = reader.readline()
    asyncio.StreamReader()

# ---- refused ----
# 5:63: TW320 stream_call: happy_eyeballs_delay= of asyncio.open_connection() has no counterpart without an event loop
#   help: leave it out, or mark the code `# twingen: async-only`
# 6:46: TW320 stream_call: the keywords of asyncio.open_connection() cannot be seen here
#   help: write them out
# 7:49: TW320 stream_call: keep_alive= of asyncio.start_server() has no counterpart without an event loop
#   help: leave it out, or mark the code `# twingen: async-only`
# 8:11: TW211 member_name: transport of asyncio.StreamWriter has no sync twin: there are no transports in the twin
#   help: ask the writer itself, or mark the code `# twingen: async-only`
# 8:29: TW211 member_name: feed_eof of asyncio.StreamReader has no sync twin: it is for protocols, which the twin has none of
#   help: read from what open_connection() or start_server() gives, or mark the code `# twingen: async-only`
# 9:11: TW211 member_name: start_tls of asyncio.StreamWriter has no sync twin: data that was read before the handshake belongs to the event loop's transport
#   help: open the connection with ssl=, or mark the code `# twingen: async-only`
# 10:13: TW108 stored_coroutine: this call makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here, or start it with asyncio.create_task()
# 11:13: TW108 stored_coroutine: this call makes a coroutine that is not awaited here; the twin would run it at once
#   help: await it here, or start it with asyncio.create_task()
# 12:5: TW311 future_call: asyncio.StreamReader() is called directly
#   help: use asyncio.open_connection() or asyncio.start_server()
