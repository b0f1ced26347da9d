from collections.abc import AsyncIterable, Iterable


class Rows(AsyncIterable[bytes], Iterable[str]):
    pass

# ---- refused ----

# 4:34: TW215 base_class: two bases become the same class in the twin, with different parameters
#   help: mark one of them `# twingen: async-only`, on a line of its own
