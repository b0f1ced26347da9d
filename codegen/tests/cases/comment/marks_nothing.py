# a licence
# twingen: async-only
import sys

# twingen: async-only
# another comment
x = [
    # twingen: async-only
    1,
]
keep = {
    1,  # twingen: async-only
}
both = keep[
    1,  # twingen: async-only
    2,
]


def f(a, b):
    if a:
        return 1
    elif b:  # twingen: async-only
        return 2
    else:  # twingen: sync-only
        return sys


# ---- refused ----
# 2:1: TW209 comment: this marker leaves nothing out of the twin
#   help: write `# twingen: async-only` at the end of a statement's first line or on the line just above it, or at the end of the line of one parameter, argument or element; an elif needs an `if` of its own
# 5:1: TW209 comment: this marker leaves nothing out of the twin
#   help: write `# twingen: async-only` at the end of a statement's first line or on the line just above it, or at the end of the line of one parameter, argument or element; an elif needs an `if` of its own
# 8:5: TW209 comment: this marker leaves nothing out of the twin
#   help: write `# twingen: async-only` at the end of a statement's first line or on the line just above it, or at the end of the line of one parameter, argument or element; an elif needs an `if` of its own
# 12:9: TW209 comment: this marker leaves nothing out of the twin
#   help: write `# twingen: async-only` at the end of a statement's first line or on the line just above it, or at the end of the line of one parameter, argument or element; an elif needs an `if` of its own
# 15:9: TW209 comment: this marker leaves nothing out of the twin
#   help: write `# twingen: async-only` at the end of a statement's first line or on the line just above it, or at the end of the line of one parameter, argument or element; an elif needs an `if` of its own
# 23:14: TW209 comment: this marker leaves nothing out of the twin
#   help: write `# twingen: async-only` at the end of a statement's first line or on the line just above it, or at the end of the line of one parameter, argument or element; an elif needs an `if` of its own
# 25:12: TW209 comment: this marker adds nothing to the twin, because the async program runs this code, too
#   help: put it on an `if` that the async program never enters, `if TYPE_CHECKING:  # twingen: sync-only`, or on the `else:` of an `if` that is async-only
