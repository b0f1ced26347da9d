# strings: unittest.mock.patch
from asyncio import Lock
from unittest.mock import patch

patch("asyncio.sleep")
patch("source.Lock")

# ---- refused ----
# 5:7: TW233 named_string: asyncio.sleep has no one name in the twin
#   help: mark the code `# twingen: async-only`
# 6:7: TW233 named_string: what the twin of source calls Lock is not known, because that comes from another library
#   help: name it where it is defined, or mark the code `# twingen: async-only`
