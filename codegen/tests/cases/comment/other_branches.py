def f(x):
    if isinstance(x, str):  # twingen: async-only
        return 1
    else:
        return 2

# ---- refused ----
# 4:5: TW209 comment: the marker stands on another branch of this statement, and does not say what becomes of this one
#   help: to take all of it out, put `# twingen: async-only` alone on the line above the statement; to keep the `else` of an `if`, mark it `# twingen: sync-only`
