# python: 3.14
x = 1  # not t"{x}"
y = (
    t"{x}"
    t"b"
)

# ---- refused ----
# 4:5: TW009 unreadable: the libcst that twingen pins cannot read adjacent template strings, though Python can
#   help: join them with +
