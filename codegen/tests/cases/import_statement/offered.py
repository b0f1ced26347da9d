# module: package.source
# renames: Async* = *
from package import AsyncClient as Other


class AsyncClient: ...

# ---- refused ----
# 3:21: TW202 import_statement: package is no source, and may offer AsyncClient of the sources; what it offers in the place of that is not known
#   help: say what it is there: renames = {"package.Async*" = "package.*"}
