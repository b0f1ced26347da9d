"""The methods of the asynchronous protocols, and of those that the twin has."""

# The asynchronous protocols.
DUNDERS = {
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
}
