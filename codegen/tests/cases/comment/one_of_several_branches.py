def f(x):
    if x == 1:  # twingen: async-only
        return 1
    elif x == 2:  # twingen: async-only
        return 2
    elif x == 3:
        return 3
    else:  # twingen: sync-only
        return 4

# ---- refused ----
# 6:5: TW209 comment: another branch of this statement has a marker, and this one does not
#   help: to leave out the whole statement, put `# twingen: async-only` alone on the line above it; to keep the `else` of an `if`, mark it `# twingen: sync-only`
