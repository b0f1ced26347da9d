from typing import TYPE_CHECKING


# twingen: async-only
def f():
    if TYPE_CHECKING:  # twingen: sync-only
        return 1

# ---- refused ----
# 6:24: TW209 comment: this marker stands in code that the twin has nothing of
#   help: put what only the twin has outside of what is async-only
