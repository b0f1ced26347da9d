x: "\ud800" = 1
# ---- refused ----
# 1:1: TW009 unreadable: the libcst that twingen pins cannot read a string that is a type and holds a lone surrogate, though Python can
#   help: spell the type out
