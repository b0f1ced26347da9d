# renames: acme.*_async = acme.*
from acme import table_async


class A:
    table = 1
    other = table_async

# ---- refused ----
# 2:18: TW202 import_statement: table_async becomes table in the twin, which is bound in this module already
#   help: import it as another name, or rename table
