# strings: unittest.mock.patch
from asyncio import Lock
from unittest.mock import patch

patch("asyncio.sleep")
patch("source.Lock")

# ---- refused ----
# 5:7: TW233 named_string: asyncio.sleep has several names in the twin
#   help: mark the code `# twingen: async-only`
# 6:7: TW233 named_string: the name of Lock in the twin of source is not known, because it comes from another library
#   help: name it where it is defined, or mark the code `# twingen: async-only`
