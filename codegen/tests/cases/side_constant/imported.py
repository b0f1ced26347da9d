# side: pkg._side.ASYNC
import pkg._side
from pkg import _side
from pkg._side import ASYNC, ASYNC as here

if ASYNC:
    x = 1
if here:
    x = 2
if pkg._side.ASYNC:
    x = 3
if not _side.ASYNC:
    x = 4

# ---- twin ----
# side: pkg._side.ASYNC
x = 4
