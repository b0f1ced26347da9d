async def either(values, stream):
    try:
        return next(values), await anext(stream)
    except (StopIteration, StopAsyncIteration):
        return None


async def each(values, stream):
    try:
        return next(values), await anext(stream)
    except StopIteration:
        return None  # no values
    except StopAsyncIteration:
        return None


# ---- twin ----
def either(values, stream):
    try:
        return next(values), next(stream)
    except (StopIteration, StopIteration):
        return None


def each(values, stream):
    try:
        return next(values), next(stream)
    except StopIteration:
        return None  # no values
    except StopIteration:
        return None
