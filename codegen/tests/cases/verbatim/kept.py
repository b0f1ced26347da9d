# renames: Async* = *
import asyncio
import json
import os as system
from contextlib import suppress


class AsyncClient:
    """An asynchronous client."""

    # twingen: verbatim
    def describe(self, name=None):
        """Tell "asynchronous" and AsyncClient apart.

        >>> await x
        """
        return "AsyncClient", json.dumps({"asynchronous": True})  # AsyncClient

    async def use(self):
        with suppress(OSError):  # twingen: verbatim
            close = self.describe("AsyncClient")
            system.remove("AsyncClient")
        names = [  # twingen: verbatim
            "AsyncClient",
        ]
        await asyncio.sleep(1)
        # AsyncClient stays in this comment
        # twingen: verbatim
        text = "aiter"
        if text:  # AsyncClient does not
            return names, close



# ---- twin ----
# renames: Async* = *
import json
import os as system
import time
from contextlib import suppress


class Client:
    """An asynchronous client."""

    def describe(self, name=None):
        """Tell "asynchronous" and AsyncClient apart.

        >>> await x
        """
        return "AsyncClient", json.dumps({"asynchronous": True})  # AsyncClient

    def use(self):
        with suppress(OSError):
            close = self.describe("AsyncClient")
            system.remove("AsyncClient")
        names = [
            "AsyncClient",
        ]
        time.sleep(1)
        # AsyncClient stays in this comment
        text = "aiter"
        if text:  # Client does not
            return names, close
