"""What both forms of the driver share and what never waits.

Nothing in this package touches a socket, a lock, a thread or an event loop.
"""
