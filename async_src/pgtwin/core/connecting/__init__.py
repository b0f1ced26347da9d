"""Finds the servers to try, and describes why a server refused."""
