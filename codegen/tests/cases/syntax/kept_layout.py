#!/usr/bin/env python
# -*- coding: utf-8 -*-
import asyncio  # noqa: F401  the loop
from typing import Any  # isort: skip

numbers = 0xFF, 1_000, 1e5, 0o17, 5j, 0b1
strings = "a", r"\d", Rb"\d", b"b", "\N{EN DASH}", "é", "'", '"', """x
  await y""", "implicit" "ly"
table = []  # type: list[int]
# fmt: off
matrix = [ 1,0,
           0,1 ]
# fmt: on
skipped = [ 1,2 ]  # fmt: skip


# a comment of the function
async def f(a, b):  # type: (int, int) -> Any
    # at the start

    # after a blank line
    x = (  # opened
        await asyncio.sleep(0)  # type: ignore[misc]  # noqa
        # before the end
    )

    if a:
        return x  # pragma: no cover
    return (
        await g(a)  # first
        + await g(b)  # second
    ), \
        await g(x)
    # at the end


    # and after it

async def g(x): return x  # fmt: skip
# fmt: off
async  def h( x ):
    return  await  g( x )
# fmt: on

# ---- twin ----
#!/usr/bin/env python
# -*- coding: utf-8 -*-
import time
from typing import Any  # isort: skip

numbers = 0xFF, 1_000, 1e5, 0o17, 5j, 0b1
strings = (
    "a",
    r"\d",
    Rb"\d",
    b"b",
    "\N{EN DASH}",
    "é",
    "'",
    '"',
    """x
  await y""",
    "implicit" "ly",
)
table = []  # type: list[int]
# fmt: off
matrix = [ 1,0,
           0,1 ]
# fmt: on
skipped = [ 1,2 ]  # fmt: skip


# a comment of the function
def f(a, b):  # type: (int, int) -> Any
    # at the start

    # after a blank line
    x = (  # opened
        time.sleep(0)  # type: ignore[misc]  # noqa
        # before the end
    )

    if a:
        return x  # pragma: no cover
    return (g(a) + g(b)), g(x)  # first  # second
    # at the end

    # and after it


def g(x): return x  # fmt: skip
# fmt: off
def h( x ):
    return  g( x )
# fmt: on
