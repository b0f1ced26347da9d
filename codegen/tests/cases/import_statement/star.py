from asyncio import *
from typing import *

# ---- refused ----
# 1:1: TW202 import_statement: which names come from asyncio cannot be seen, and some are others in the twin
#   help: import them by name
# 2:1: TW202 import_statement: which names come from typing cannot be seen, and some are others in the twin
#   help: import them by name
