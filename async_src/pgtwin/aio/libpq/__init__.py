"""Connecting, and exchanging messages with the server, through libpq."""
