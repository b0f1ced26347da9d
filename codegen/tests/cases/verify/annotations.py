from __future__ import annotations

import asyncio
from typing import Annotated, Literal


class Loop:  # twingen: async-only
    runner: asyncio.Runner


class Other:  # twingen: async-only
    runner: asyncio.Runner


def f(loop: Loop, kind: Literal["Loop"], other: Annotated[int, "Loop"]) -> None: ...


x: "list[Other] | None" = None

# ---- refused ----
# 15:13: TW002 verify: the name Loop is not defined in the twin (its line 6: def f(loop: Loop, kind: Literal["Loop"], other: Annotated[int, "Loop"]) -> None: ...)
#   help: no rule covers this: rewrite it, mark it `# twingen: async-only`, or report it with the line above
# 18:10: TW002 verify: the name Other is not defined in the twin (its line 9: x: "list[Other] | None" = None)
#   help: no rule covers this: rewrite it, mark it `# twingen: async-only`, or report it with the line above
