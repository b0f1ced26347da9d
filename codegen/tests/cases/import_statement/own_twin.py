from twin import Client as Other


class Client(Other): ...

# ---- refused ----
# 1:1: TW202 import_statement: twin is written by twingen: in the twin, a name from there and the same name defined here are the same object
#   help: mark the import and what needs it `# twingen: async-only`; or say that they may be one object, by rows: [tool.twingen.libraries."twin"] Name = { keep = true }
