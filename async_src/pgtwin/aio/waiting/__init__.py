"""Waiting for sockets, for deadlines and for blocking calls."""
