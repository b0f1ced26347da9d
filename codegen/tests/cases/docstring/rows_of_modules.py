# renames: source.Async* = source.*
class AsyncClient:
    """What AsyncClient is."""

# ---- twin ----
# renames: source.Async* = source.*
class Client:
    """What Client is."""
