"""Converts a query and its parameters to a message for the server."""
