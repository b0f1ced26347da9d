from asyncio import *
from contextlib import *
from typing import *


def f() -> AsyncIterator[int]: ...

# ---- refused ----
# 1:1: TW202 import_statement: which names come from asyncio cannot be seen, and some are others in the twin
#   help: import them by name
# 3:1: TW202 import_statement: which names come from typing cannot be seen, and some are others in the twin
#   help: import them by name
