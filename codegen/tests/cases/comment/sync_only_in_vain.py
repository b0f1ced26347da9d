from typing import TYPE_CHECKING

x = 1  # twingen: sync-only


def f(
    a,  # twingen: sync-only
): ...


if x:  # twingen: async-only
    y = 1
elif TYPE_CHECKING:
    y = 2
else:  # twingen: sync-only
    y = 3

# ---- refused ----
# 3:8: TW209 comment: this marker adds nothing to the twin, and what it stands on runs in the async program
#   help: put it on an `if` that is never entered there, `if TYPE_CHECKING:  # twingen: sync-only`, or on the `else:` of one that is async-only
# 7:9: TW209 comment: this marker adds nothing to the twin, and what it stands on runs in the async program
#   help: put it on an `if` that is never entered there, `if TYPE_CHECKING:  # twingen: sync-only`, or on the `else:` of one that is async-only
# 13:1: TW209 comment: the marker stands on another branch of this statement, and does not say what becomes of this one
#   help: to take all of it out, put `# twingen: async-only` alone on the line above the statement; to keep the `else` of an `if`, mark it `# twingen: sync-only`
