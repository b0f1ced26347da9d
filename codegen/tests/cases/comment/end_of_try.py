def f(x):
    try:  # twingen: async-only
        x.begin()
    except OSError:
        x.fail()
    else:
        x.go()
    finally:
        x.end()

# ---- refused ----
# 6:5: TW209 comment: the marker stands on another branch of this statement, and does not say what becomes of this one
#   help: to take all of it out, put `# twingen: async-only` alone on the line above the statement; to keep the `else` of an `if`, mark it `# twingen: sync-only`
