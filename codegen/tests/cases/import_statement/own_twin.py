from twin import Client as Other


class Client(Other): ...

# ---- refused ----
# 1:1: TW202 import_statement: twin is written by twingen: in the twin, what comes from there and what is defined here are one
#   help: mark the import and what needs it `# twingen: async-only`; or say that they may be one, by rows: [tool.twingen.libraries."twin"] Name = { keep = true }
