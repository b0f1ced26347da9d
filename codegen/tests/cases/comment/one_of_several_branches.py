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
# 6:5: TW209 comment: the marker stands on another branch of this statement, and does not say what becomes of this one
#   help: to take all of it out, put `# twingen: async-only` alone on the line above the statement; to keep the `else` of an `if`, mark it `# twingen: sync-only`
