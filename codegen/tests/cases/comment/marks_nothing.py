# a licence
# twingen: async-only
import sys

# twingen: async-only
# another comment
x = [
    1,  # twingen: async-only
]


def f(a, b):
    if a:
        return 1
    elif b:  # twingen: async-only
        return 2
    else:  # twingen: sync-only
        return sys

# ---- refused ----
# 2:1: TW209 comment: this marker takes nothing out of the twin
#   help: write `# twingen: async-only` at the end of a statement's first line or on the line just above it; an elif needs an `if` of its own
# 5:1: TW209 comment: this marker takes nothing out of the twin
#   help: write `# twingen: async-only` at the end of a statement's first line or on the line just above it; an elif needs an `if` of its own
# 8:9: TW209 comment: this marker takes nothing out of the twin
#   help: write `# twingen: async-only` at the end of a statement's first line or on the line just above it; an elif needs an `if` of its own
# 15:14: TW209 comment: this marker takes nothing out of the twin
#   help: write `# twingen: async-only` at the end of a statement's first line or on the line just above it; an elif needs an `if` of its own
# 17:12: TW209 comment: this marker takes nothing out of the twin
#   help: write `# twingen: async-only` at the end of a statement's first line or on the line just above it; an elif needs an `if` of its own
