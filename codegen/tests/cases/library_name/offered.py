# module: package.source
# renames: Async* = *
import package

Other = package.AsyncClient


class AsyncClient: ...

# ---- refused ----
# 5:9: TW201 library_name: package.AsyncClient is of no source, and may be AsyncClient of the sources; what is offered in the place of that is not known
#   help: say what it is there: renames = {"package.Async*" = "package.*"}
