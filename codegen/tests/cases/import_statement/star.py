from asyncio import *
from contextlib import *
from typing import *


def f() -> AsyncIterator[int]: ...

# ---- refused ----
# 1:1: TW202 import_statement: it is not known which names come from asyncio, and some have other names in the twin
#   help: import them by name
# 3:1: TW202 import_statement: it is not known which names come from typing, and some have other names in the twin
#   help: import them by name
