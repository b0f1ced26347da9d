# side: pkg._side.ASYNC
from pkg import ASYNC as first
from pkg._side import *

if ASYNC or first:
    x = 1

# ---- refused ----
# 2:1: TW231 side_constant: this may be pkg._side.ASYNC, which is known only where it is imported by name from its own module
#   help: write `from pkg._side import ASYNC`
# 3:1: TW231 side_constant: this may be pkg._side.ASYNC, which is known only where it is imported by name from its own module
#   help: write `from pkg._side import ASYNC`
