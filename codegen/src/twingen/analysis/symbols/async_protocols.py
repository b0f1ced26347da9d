"""The asynchronous protocols: their methods, as the twin has them, and classes."""

# The methods, and what the twin calls them.
DUNDERS = {
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
}
# The classes.
ASYNC_PROTOCOLS = {
    *(
        f"{module}.{name}"
        for module in ("collections.abc", "typing", "typing_extensions")
        for name in ("AsyncGenerator", "AsyncIterable", "AsyncIterator")
    ),
    "contextlib.AbstractAsyncContextManager",
    "types.AsyncGeneratorType",
    "typing.AsyncContextManager",
    "typing_extensions.AsyncContextManager",
}
