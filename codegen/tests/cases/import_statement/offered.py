# module: package.source
# renames: Async* = *
from package import AsyncClient as Other


class AsyncClient: ...

# ---- refused ----
# 3:21: TW202 import_statement: package is not a source, and may export AsyncClient of the sources; the name of its twin there is not known
#   help: say what it is there: renames = {"package.Async*" = "package.*"}
