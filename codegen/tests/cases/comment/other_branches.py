def f(x):
    if isinstance(x, str):  # twingen: async-only
        return 1
    else:
        return 2

# ---- refused ----
# 4:5: TW209 comment: another branch of this statement has a marker, and this one does not
#   help: to leave out the whole statement, put `# twingen: async-only` alone on the line above it; to keep the `else` of an `if`, mark it `# twingen: sync-only`
