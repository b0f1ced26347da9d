# python: 3.14
import os
from x import *  # twingen: async-only
from y import z


def helper():  # twingen: async-only
    return 1


class A[T = int]:
    def g(self) -> "Unknown":
        return __name__, T, [a for a in self], print


async def f():
    try:
        return t"{helper()}", helper, undefined_in_the_source
    except z, ValueError:
        return os.sep

# ---- refused ----
# 18:19: TW002 verify: the name helper is not defined in the twin (its line 13: return t"{helper()}", helper, undefined_in_the_source)
#   help: no rule covers this: rewrite it, mark it `# twingen: async-only`, or report it with the line above
