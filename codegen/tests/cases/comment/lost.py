from typing import TYPE_CHECKING


# twingen: async-only
def f():
    if TYPE_CHECKING:  # twingen: sync-only
        return 1

# ---- refused ----
# 6:24: TW209 comment: this marker is in code that the twin does not have
#   help: move the sync-only code out of the async-only code
