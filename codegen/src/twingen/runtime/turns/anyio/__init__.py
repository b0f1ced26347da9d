"""anyio's semantics on tasks that take turns: cancel scopes, groups, locks, streams.

They are those of anyio's backend for asyncio. Cancellation is level-triggered: what is
in a cancelled scope is cancelled again at each wait until the scope is left, while a
task that asyncio cancels is told once. Of anyio itself only exceptions are imported,
which need no event loop, so that what the twin raises is what its users catch.
"""
