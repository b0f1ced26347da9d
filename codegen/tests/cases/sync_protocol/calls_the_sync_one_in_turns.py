# tasks: turns
class Attempt:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, tb):
        self.ended = True
        return kind is KeyError

    async def __aenter__(self):
        """Begin."""
        return self.__enter__()

    async def __aexit__(self, kind, error, tb):
        return self.__exit__(kind, error, tb)


class Lost:
    ended = False

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return True

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        return self.__exit__(*exc)


async def f():
    async with Attempt() as attempt:
        raise KeyError
    async with Lost():
        return attempt

# ---- twin ----
# tasks: turns

from twin_runtime.turns.entry_points import entry


class Attempt:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, tb):
        self.ended = True
        return kind is KeyError


class Lost:
    ended = False

    def __exit__(self, *exc):
        return True

    @entry
    def __enter__(self):
        return self


@entry
def f():
    with Attempt() as attempt:
        raise KeyError
    with Lost():
        return attempt
