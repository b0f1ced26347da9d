# python: 3.14
x = f("tr", tr"{1}")

# ---- refused ----
# 2:13: TW009 unreadable: the libcst that twingen pins cannot read a template string with the prefix tr, though Python can
#   help: write the prefix as rt
