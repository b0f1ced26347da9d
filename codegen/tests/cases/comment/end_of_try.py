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
# 6:5: TW209 comment: another branch of this statement has a marker, and this one does not
#   help: to leave out the whole statement, put `# twingen: async-only` alone on the line above it; to keep the `else` of an `if`, mark it `# twingen: sync-only`
