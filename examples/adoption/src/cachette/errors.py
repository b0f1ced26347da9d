"""What goes wrong, in either form."""


class CacheError(Exception):
    """The server refused, or could not be reached in time."""


class OutcomeUnknown(CacheError):
    """The connection was lost before the answer: it may have happened, or not."""
