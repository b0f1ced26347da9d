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
# 3:8: TW209 comment: this marker adds nothing to the twin, because the async program runs this code, too
#   help: put it on an `if` that the async program never enters, `if TYPE_CHECKING:  # twingen: sync-only`, or on the `else:` of an `if` that is async-only
# 7:9: TW209 comment: this marker adds nothing to the twin, because the async program runs this code, too
#   help: put it on an `if` that the async program never enters, `if TYPE_CHECKING:  # twingen: sync-only`, or on the `else:` of an `if` that is async-only
# 13:1: TW209 comment: another branch of this statement has a marker, and this one does not
#   help: to leave out the whole statement, put `# twingen: async-only` alone on the line above it; to keep the `else` of an `if`, mark it `# twingen: sync-only`
