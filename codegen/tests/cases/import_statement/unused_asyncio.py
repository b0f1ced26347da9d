import asyncio
import logging

log = logging.getLogger("asyncio")

# ---- twin ----

import logging

log = logging.getLogger("asyncio")
