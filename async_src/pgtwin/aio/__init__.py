"""The driver's conversations with a server, and the objects that users hold.

Law: a module imports only from those that stand lower: readiness, exchange, attempts,
session, then transaction, notify, cursor, connection.
"""
