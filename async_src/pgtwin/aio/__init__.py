"""The asynchronous form of the driver, from which the sync form is generated.

A package imports only from those below it: `connections`, `cursors`, `sessions`,
`libpq`, `waiting`.
"""
