def f():
    """Say what it is for.

    .. twingen: async-only

    >>> await f()
    """

# ---- refused ----
# 2:5: TW208 docstring: the mark `async-only` has no meaning in a docstring
#   help: write `twingen: keep`, or remove it
