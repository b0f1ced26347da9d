# renames: Async* = *
from elsewhere import *
from httpx import AsyncClient


class AsyncPool:
    def f(self):
        return Pool, Client, AsyncClient

# ---- refused ----
# 3:19: TW202 import_statement: AsyncClient becomes Client in the twin, which is used in this module already
#   help: import it as another name, or rename Client
# 6:7: TW201 library_name: AsyncPool becomes Pool in the twin, which hides the name that this module uses
#   help: rename it
