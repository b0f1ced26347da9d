# module: package.source
# renames: Async* = *
import package

Other = package.AsyncClient


class AsyncClient: ...

# ---- refused ----
# 5:9: TW201 library_name: package.AsyncClient is not defined in a source, and may be AsyncClient of the sources; the name of its twin there is not known
#   help: say what it is there: renames = {"package.Async*" = "package.*"}
