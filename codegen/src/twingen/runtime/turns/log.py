"""The logger of the loop: asyncio's own, which programs configure by its name."""

import logging

logger = logging.getLogger("asyncio")
