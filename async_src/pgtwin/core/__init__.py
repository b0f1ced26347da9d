"""Code that both forms of the driver share, and that never waits.

Nothing in this package uses a socket, a lock, a thread or an event loop.
"""
