x: "\ud800" = 1
# ---- refused ----
# 1:1: TW009 unreadable: the libcst that twingen pins cannot read an annotation in a string with a lone surrogate, though Python can
#   help: write the type without it
